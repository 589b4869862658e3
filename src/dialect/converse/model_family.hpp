#pragma once

#include <cstdint>
#include <string_view>

namespace tierway::dialect::converse {

/// Models that share what only they take beside the API's common members.
enum class ModelFamily : std::uint8_t { Other, Claude, Nova, GptOss };

/// From a model's name at Bedrock: `us.anthropic.claude-…`, `amazon.nova-…`, `openai.gpt-oss-…`, or an ARN that ends in one. A
/// name that tells nothing (an application's own profile) is Other.
ModelFamily family_of(std::string_view model) noexcept;

/// Whether marks for caching are taken.
constexpr bool takes_cache_points(ModelFamily family) noexcept {
    return family == ModelFamily::Claude || family == ModelFamily::Nova;
}

}  // namespace tierway::dialect::converse
