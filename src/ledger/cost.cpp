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

}  // namespace

Usd cost_of(const dialect::TokenUsage& usage, const config::Price& price) noexcept {
    const std::int64_t prompt = std::max<std::int64_t>(usage.prompt, 0);
    const std::int64_t cached = std::clamp<std::int64_t>(usage.cached, 0, prompt);
    const std::int64_t written = std::clamp<std::int64_t>(usage.cache_write, 0, prompt - cached);
    const config::Rates& rates = price.rates_for(prompt);
    return rounded_up(product(prompt - cached - written, rates.input) +
                      product(cached, rates.cached_input.value_or(rates.input)) +
                      product(written, rates.cache_write.value_or(rates.input)) + product(usage.completion, rates.output));
}

std::int64_t output_tokens_bound(std::int64_t asked, std::int64_t model_max) noexcept {
    if (asked > 0) {
        return model_max > 0 ? std::min(asked, model_max) : asked;
    }
    return model_max > 0 ? model_max : kAssumedOutputTokens;
}

Usd estimate_cost(std::int64_t prompt_tokens, std::int64_t output_tokens, const config::Price& price) noexcept {
    const config::Rates& rates = price.rates_for(std::max<std::int64_t>(prompt_tokens, 0));
    const config::PicoUsdPerToken dearest = std::max(rates.input, rates.cache_write.value_or(rates.input));
    return rounded_up(product(prompt_tokens, dearest) + product(output_tokens, rates.output));
}

}  // namespace tierway::ledger
