#include "dialect/token_counts.hpp"

#include <algorithm>

namespace tierway::dialect {
namespace {

/// Beyond any real answer; keeps all later arithmetic on counts and prices far from overflow.
constexpr std::int64_t kTokensMax = 1'000'000'000'000;

}  // namespace

std::optional<std::int64_t> TokenCounts::read(const wire::JsonValue& value) noexcept {
    if (!value.exists() || value.is_null()) {
        return std::nullopt;
    }
    const std::optional<std::int64_t> count = value.integer();
    if (!count || *count < 0 || *count > kTokensMax) {
        usable_ = false;
        return std::nullopt;
    }
    return count;
}

TokenUsage with_parts_inside(TokenUsage usage) noexcept {
    usage.cached = std::min(usage.cached, usage.prompt);
    usage.cache_write = std::min(usage.cache_write, usage.prompt - usage.cached);
    usage.cache_write_1h = std::min(usage.cache_write_1h, usage.cache_write);
    usage.reasoning = std::min(usage.reasoning, usage.completion);
    return usage;
}

}  // namespace tierway::dialect
