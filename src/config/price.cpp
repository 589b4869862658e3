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
    }
}

}  // namespace tierway::config
