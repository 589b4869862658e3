#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
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
    /// Input written to be kept for an hour (Anthropic), instead of for five minutes; without one, as `cache_write`.
    std::optional<PicoUsdPerToken> cache_write_1h = std::nullopt;
};

/// The provider's lane that a request travels in, which some providers price apart (WIRE.md section 7e).
enum class ServiceTier : std::uint8_t {
    Standard,  ///< "default", "auto", "standard", "on_demand", or nothing said.
    Flex,      ///< "flex": slower, for less.
    Priority,  ///< "priority", which "fast" comes back as: sooner, for more.
    Other,     ///< Any other word: nobody knows what it costs.
};
/// Of a request's or an answer's `service_tier`.
ServiceTier service_tier_named(std::string_view name) noexcept;
/// "standard", "flex", "priority", "other".
std::string_view name_of(ServiceTier tier) noexcept;

/// When the prompt exceeds `prompt_tokens_above`, the *whole* request is billed at `rates` (WIRE.md section 7a).
struct ContextTier {
    std::int64_t prompt_tokens_above = 0;
    Rates rates;
};

/// The standard lane's share of the rates: all of them.
inline constexpr std::int64_t kStandardPermille = 1'000;

struct Price {
    Rates base;
    std::vector<ContextTier> context_tiers;  ///< Ascending by bound.
    /// What the other lanes cost, in thousandths of the rates; absent: not sold, or unknown.
    std::optional<std::int64_t> flex_permille = std::nullopt;
    std::optional<std::int64_t> priority_permille = std::nullopt;

    /// What the lane costs, in thousandths of the rates; empty when that is unknown.
    [[nodiscard]] std::optional<std::int64_t> permille_of(ServiceTier tier) const noexcept;
    /// Of the dearest lane that is known.
    [[nodiscard]] std::int64_t dearest_permille() const noexcept;
    /// The rates that apply to a request with that many prompt tokens.
    [[nodiscard]] const Rates& rates_for(std::int64_t prompt_tokens) const noexcept;
};

/// Fills in the cache rates that a context tier does not state but the base does: the base's share of its input rate, of the
/// tier's own input rate (rounded up). Every listed tier that states its cached rate keeps that share, and a base rate carried
/// over unscaled would bill a long prompt's cache below its price.
void complete_context_tiers(Price& price);

}  // namespace tierway::config
