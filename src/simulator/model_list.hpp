#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/simulator/profile.hpp"

namespace tierway::simulator {

/// A `model` object of the API. \param created in seconds since 1970.
std::string model_json(std::string_view name, std::int64_t created);
/// The `list` object of all of them.
std::string model_list_json(const std::vector<ModelProfile>& models, std::int64_t created);

}  // namespace tierway::simulator
