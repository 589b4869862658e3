#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tierway/classify/features.hpp"

namespace tierway::classify {

/// Replaces `held` by the numbers of the structural features that hold for the request, each below `config::kStructureFeatures`.
/// What a number means is a part of the format of models. One pass over the ask.
void structure_features(const Features& features, std::vector<std::uint32_t>& held);

/// What a structural feature is called: "ask_bytes<1024".
std::string_view name_of_structure_feature(std::uint32_t number) noexcept;

}  // namespace tierway::classify
