#pragma once

#include <optional>

#include "tierway/dialect/token_usage.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// The usage objects of the APIs beside Chat Completions, normalised to what a bill is made from. As with `read_usage`: empty when
/// the object is missing or has no usable counts, an explicit zero stays zero, and parts never exceed their whole.

/// OpenAI Responses (WIRE.md section 2.2): cached and written tokens are parts of the input, reasoning is part of the output.
std::optional<TokenUsage> read_responses_usage(const wire::JsonValue& usage) noexcept;

/// Anthropic Messages (WIRE.md section 4.3): `input_tokens` leaves out what was read from the cache and written to it; thinking is
/// part of the output. Without `cache_creation` everything written is kept for five minutes.
std::optional<TokenUsage> read_anthropic_usage(const wire::JsonValue& usage) noexcept;

/// Gemini's `usageMetadata` (WIRE.md section 5.1): the prompt includes what was cached, prompts of tool use are billed with it, and
/// the candidates leave out the thoughts. An answer may lack candidates (blocked, or all thought).
std::optional<TokenUsage> read_gemini_usage(const wire::JsonValue& usage) noexcept;

/// Bedrock Converse (WIRE.md section 5.3), which follows Anthropic: `inputTokens` leaves the cache out. Of what was
/// written `cacheDetails` tells how long it is kept.
std::optional<TokenUsage> read_converse_usage(const wire::JsonValue& usage) noexcept;

}  // namespace tierway::dialect
