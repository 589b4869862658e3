#include "tierway/ledger/cost.hpp"

#include <algorithm>
#include <limits>

namespace tierway::ledger {
namespace {

// Two 63-bit factors make at most 126 bits, so that four products still fit 128 unsigned bits.
__extension__ using Wide = unsigned __int128;

constexpr std::int64_t kPicoPerNano = 1'000;

Wide product(std::int64_t tokens, config::PicoUsdPerToken rate) noexcept {
    return static_cast<Wide>(std::max<std::int64_t>(tokens, 0)) * static_cast<Wide>(std::max<std::int64_t>(rate, 0));
}

Usd rounded_up(Wide pico) noexcept {
    constexpr Wide kNanoMax = static_cast<Wide>(std::numeric_limits<std::int64_t>::max());
    const Wide nano = pico / kPicoPerNano + (pico % kPicoPerNano == 0 ? 0 : 1);
    return Usd::from_nano(static_cast<std::int64_t>(std::min(nano, kNanoMax)));
}

Wide in_lane(Wide pico, std::int64_t permille) noexcept {
    constexpr Wide kMax = ~Wide{0};
    const Wide factor = static_cast<Wide>(std::max<std::int64_t>(permille, 0));
    if (factor == static_cast<Wide>(config::kStandardPermille)) {
        return pico;
    }
    if (factor != 0 && pico > (kMax - 999) / factor) {
        return kMax;
    }
    // Rounded up here and once more to nano-dollars: the two together are the same as rounding up once.
    return (pico * factor + 999) / 1'000;
}

}  // namespace

Usd cost_of(const dialect::TokenUsage& usage, const config::Price& price, config::ServiceTier service) noexcept {
    const std::int64_t prompt = std::max<std::int64_t>(usage.prompt, 0);
    const std::int64_t cached = std::clamp<std::int64_t>(usage.cached, 0, prompt);
    const std::int64_t written = std::clamp<std::int64_t>(usage.cache_write, 0, prompt - cached);
    const std::int64_t written_1h = std::clamp<std::int64_t>(usage.cache_write_1h, 0, written);
    const config::Rates& rates = price.rates_for(prompt);
    const config::PicoUsdPerToken write_rate = rates.cache_write.value_or(rates.input);
    // The four parts of the prompt sum up to it, so these products exceed no more than two full ones.
    const Wide pico = product(prompt - cached - written, rates.input) +
                      product(cached, rates.cached_input.value_or(rates.input)) + product(written - written_1h, write_rate) +
                      product(written_1h, rates.cache_write_1h.value_or(write_rate)) + product(usage.completion, rates.output);
    return rounded_up(in_lane(pico, price.permille_of(service).value_or(price.dearest_permille())));
}

std::int64_t output_tokens_bound(std::int64_t asked, std::int64_t model_max) noexcept {
    if (asked > 0) {
        return model_max > 0 ? std::min(asked, model_max) : asked;
    }
    return model_max > 0 ? model_max : kAssumedOutputTokens;
}

Usd estimate_cost(std::int64_t prompt_tokens, std::int64_t output_tokens, const config::Price& price,
                  config::ServiceTier service) noexcept {
    const config::Rates& rates = price.rates_for(std::max<std::int64_t>(prompt_tokens, 0));
    const config::PicoUsdPerToken dearest = std::max(rates.input, rates.cache_write.value_or(rates.input));
    const std::int64_t permille = price.permille_of(service).value_or(price.dearest_permille());
    return rounded_up(in_lane(product(prompt_tokens, dearest) + product(output_tokens, rates.output),
                              std::max(permille, config::kStandardPermille)));
}

}  // namespace tierway::ledger
