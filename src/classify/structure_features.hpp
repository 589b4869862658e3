#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tierway/classify/features.hpp"

namespace tierway::classify {

/// How many structural features there are. Part of the format of artefacts, as is what each of them means.
std::uint32_t structure_feature_count() noexcept;

/// Replaces `held` by the numbers of those that hold for the request. One pass over the ask.
void structure_features(const Features& features, std::vector<std::uint32_t>& held);

/// What a structural feature is called: "ask_bytes<1024".
std::string_view name_of_structure_feature(std::uint32_t number) noexcept;

}  // namespace tierway::classify
