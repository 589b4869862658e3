#pragma once

#include <cstdint>
#include <optional>

#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// Tokens of one attempt, normalised: `prompt` includes cached and cache-write tokens, `completion` includes reasoning tokens.
struct TokenUsage {
    std::int64_t prompt = 0;
    std::int64_t completion = 0;
    std::int64_t cached = 0;       ///< Part of `prompt` that was read from the provider's cache.
    std::int64_t cache_write = 0;  ///< Part of `prompt` that was written to it.
    std::int64_t reasoning = 0;    ///< Part of `completion`.
    /// Part of `cache_write` that is to be kept for an hour, which costs more.
    std::int64_t cache_write_1h = 0;

    friend bool operator==(const TokenUsage&, const TokenUsage&) = default;
};

/// Reads an OpenAI `usage` object (WIRE.md section 1.3). Empty when it is missing, null, or has no usable counts; an explicit
/// zero stays zero, negative counts make the object unusable, and parts never exceed their whole. A side that is not stated is
/// the rest of the total. Reasoning that the total shows to lie outside the completion (xAI) is added to it.
std::optional<TokenUsage> read_usage(const wire::JsonValue& usage) noexcept;

}  // namespace tierway::dialect
