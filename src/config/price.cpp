#include "tierway/config/price.hpp"

#include <algorithm>
#include <iterator>

namespace tierway::config {
namespace {

PicoUsdPerToken scaled(PicoUsdPerToken rate, PicoUsdPerToken to, PicoUsdPerToken from) {
    // 128 bits because a product of two rates may need more than 63; rounded up, as all money is.
    __extension__ using Wide = __int128;
    const Wide product = static_cast<Wide>(rate) * to;
    return static_cast<PicoUsdPerToken>((product + from - 1) / from);
}

}  // namespace

ServiceTier service_tier_named(std::string_view name) noexcept {
    if (name.empty() || name == "default" || name == "auto" || name == "standard" || name == "on_demand") {
        return ServiceTier::Standard;
    }
    if (name == "flex") {
        return ServiceTier::Flex;
    }
    return name == "priority" || name == "fast" ? ServiceTier::Priority : ServiceTier::Other;
}

std::string_view name_of(ServiceTier tier) noexcept {
    switch (tier) {
        case ServiceTier::Standard:
            return "standard";
        case ServiceTier::Flex:
            return "flex";
        case ServiceTier::Priority:
            return "priority";
        case ServiceTier::Other:
            break;
    }
    return "other";
}

std::optional<std::int64_t> Price::permille_of(ServiceTier tier) const noexcept {
    switch (tier) {
        case ServiceTier::Standard:
            return kStandardPermille;
        case ServiceTier::Flex:
            return flex_permille;
        case ServiceTier::Priority:
            return priority_permille;
        case ServiceTier::Other:
            break;
    }
    return std::nullopt;
}

std::int64_t Price::dearest_permille() const noexcept {
    return std::max({kStandardPermille, flex_permille.value_or(0), priority_permille.value_or(0)});
}

const Rates& Price::rates_for(std::int64_t prompt_tokens) const noexcept {
    const auto first_not_reached =
        std::find_if(context_tiers.begin(), context_tiers.end(),
                     [prompt_tokens](const ContextTier& tier) { return prompt_tokens <= tier.prompt_tokens_above; });
    return first_not_reached == context_tiers.begin() ? base : std::prev(first_not_reached)->rates;
}

void complete_context_tiers(Price& price) {
    const Rates& base = price.base;
    if (base.input <= 0) {
        return;
    }
    for (ContextTier& tier : price.context_tiers) {
        if (!tier.rates.cached_input && base.cached_input) {
            tier.rates.cached_input = scaled(*base.cached_input, tier.rates.input, base.input);
        }
        if (!tier.rates.cache_write && base.cache_write) {
            tier.rates.cache_write = scaled(*base.cache_write, tier.rates.input, base.input);
        }
        if (!tier.rates.cache_write_1h && base.cache_write_1h) {
            tier.rates.cache_write_1h = scaled(*base.cache_write_1h, tier.rates.input, base.input);
        }
    }
}

}  // namespace tierway::config
