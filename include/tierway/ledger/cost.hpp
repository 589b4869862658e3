#pragma once

#include <cstdint>

#include "tierway/base/usd.hpp"
#include "tierway/config/price.hpp"
#include "tierway/dialect/token_usage.hpp"

namespace tierway::ledger {

/// The exact price of one attempt, rounded up to the next nano-dollar once, at the end (DESIGN.md section 7). The context tier is
/// chosen by the prompt's tokens and applies to the whole request; cached and cache-write tokens cost their own rate instead of
/// the input rate; reasoning tokens are already part of the completion; the provider's lane multiplies all of it (WIRE.md section
/// 7e), and one whose price is unknown costs as the dearest that is known. Saturates instead of overflowing. Counts that no
/// provider should send never make it cheaper than zero: negative ones count as zero, parts of the prompt never exceed it.
Usd cost_of(const dialect::TokenUsage& usage, const config::Price& price,
            config::ServiceTier service = config::ServiceTier::Standard) noexcept;

/// Output tokens that an estimate assumes when neither the request nor the model bounds them.
inline constexpr std::int64_t kAssumedOutputTokens = 4'096;

/// The output tokens to estimate with: what the request asks for at most, but never more than the model can write; without either
/// bound `kAssumedOutputTokens`. \param asked 0 or less: not stated. \param model_max 0 or less: unknown.
std::int64_t output_tokens_bound(std::int64_t asked, std::int64_t model_max) noexcept;

/// What a request of that size costs at most: nothing of the prompt is read from a cache, and all of it is written to one where
/// where that is dearer (for five minutes: nobody asks us for an hour yet). A provider may serve a cheaper lane's request in the
/// standard one, so no lane is estimated below that. Prompt tokens are estimated by `dialect::estimate_tokens`.
/// \param service the lane that is asked for.
Usd estimate_cost(std::int64_t prompt_tokens, std::int64_t output_tokens, const config::Price& price,
                  config::ServiceTier service = config::ServiceTier::Standard) noexcept;

}  // namespace tierway::ledger
