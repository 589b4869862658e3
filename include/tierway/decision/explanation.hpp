#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/classify/classifier.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/decision/gain_policy.hpp"

namespace tierway::decision {

/// A request of which somebody wants to know what would happen to it.
struct Question {
    std::string_view chat_body;       ///< In the words of Chat.
    std::string_view key_id;          ///< Whose rights count; empty: nothing is forbidden to the caller.
    std::string_view declared_class;  ///< As `x-tierway-class` would.
};

/// The body of a chat with one user turn.
std::string chat_of_prompt(std::string_view prompt, std::string_view model);

/// What would happen to a request, by the very function that plans those that are served: features, class and why, route, estimate
/// and the gate's verdict, and `error` when it would be refused. Nothing is called or counted. Texts may hold parts of characters;
/// write them with the replacing error handler. What is learnt while serving (quotas, economics, tokens) is not known to it.
/// Errors: InvalidRequest, when there is no such key.
Result<nlohmann::ordered_json> explain(const config::Snapshot& snapshot, const classify::Classifier& classifier,
                                       const GainPolicy& gains, const Question& question, SteadyTime now);

}  // namespace tierway::decision
