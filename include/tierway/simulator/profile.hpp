#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/time.hpp"

namespace tierway::simulator {

/// How one simulated model behaves. Everything it answers is made up by a program and labelled so.
struct ModelProfile {
    std::string name;                                  ///< What requests call it: "sim-small".
    std::map<std::string, double, std::less<>> skill;  ///< Task kind → probability that its answer is right, 0..1.
    double default_skill = 0.7;
    bool logprobs = true;
    Milliseconds first_token_delay{40};
    double tokens_per_second = 400;  ///< The pace of streams; whole answers take as long.
};

/// The three tiers of `tierway demo`: small, mid, frontier.
const std::vector<ModelProfile>& demo_profiles();

}  // namespace tierway::simulator
