#pragma once

#include <cstddef>
#include <cstdint>

#include "tierway/base/usd.hpp"
#include "tierway/config/price.hpp"
#include "tierway/dialect/token_usage.hpp"

namespace tierway::ledger {

/// The exact price of one attempt, rounded up to the next nano-dollar once, at the end (DESIGN.md section 7). The context tier is chosen
/// by the prompt's tokens and applies to the whole request; cached and cache-write tokens cost their own rate instead of the input
/// rate; reasoning tokens are already part of the completion. Saturates instead of overflowing.
Usd cost_of(const dialect::TokenUsage& usage, const config::Price& price) noexcept;

/// Tokens that a text of that many bytes is about to be, rounded up: four bytes a token, the customary figure for English
/// (platform.openai.com/tokenizer). An estimate for gates and for bills without usage, never for settled usage.
std::int64_t estimate_tokens(std::size_t text_bytes) noexcept;

/// Tokens that one image costs in an estimate: a 1024x1024 picture at high detail (OpenAI vision guide: 85 + 170·4).
inline constexpr std::int64_t kImageTokens = 765;

/// What a request may cost at most on a model: estimated prompt tokens, and the output bound (or the model's own maximum, or
/// `kAssumedOutputTokens` when neither is known).
inline constexpr std::int64_t kAssumedOutputTokens = 4'096;
Usd estimate_cost(std::int64_t prompt_tokens, std::int64_t output_tokens, const config::Price& price) noexcept;

}  // namespace tierway::ledger
