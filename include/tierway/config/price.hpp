#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace tierway::config {

/// A price in whole pico-dollars per token. One USD per million tokens is 1,000,000 of these, so every listed price is exact.
using PicoUsdPerToken = std::int64_t;

/// The rates of one model. Reasoning tokens are output tokens (WIRE.md section 7d).
struct Rates {
    PicoUsdPerToken input = 0;
    PicoUsdPerToken output = 0;
    /// Input read from the provider's prompt cache; without one, cached tokens cost as input.
    std::optional<PicoUsdPerToken> cached_input;
    /// Input written to the provider's prompt cache; without one, written tokens cost as input.
    std::optional<PicoUsdPerToken> cache_write;
};

/// When the prompt exceeds `prompt_tokens_above`, the *whole* request is billed at `rates` (WIRE.md section 7a).
struct ContextTier {
    std::int64_t prompt_tokens_above = 0;
    Rates rates;
};

struct Price {
    Rates base;
    std::vector<ContextTier> context_tiers;  ///< Ascending by bound.

    /// The rates that apply to a request with that many prompt tokens.
    [[nodiscard]] const Rates& rates_for(std::int64_t prompt_tokens) const noexcept;
};

/// Fills in the cache rates that a context tier does not state but the base does: the base's share of its input rate, of the
/// tier's own input rate (rounded up). Every listed tier that states its cached rate keeps that share, and a base rate carried
/// over unscaled would bill a long prompt's cache below its price.
void complete_context_tiers(Price& price);

}  // namespace tierway::config
