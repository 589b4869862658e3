#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "cascade/token_logprobs.hpp"
#include "tierway/cascade/signals.hpp"

namespace tierway::cascade {
namespace {

constexpr std::size_t kWindowTokens = 8;
constexpr double kLowQuantile = 0.1;

constexpr double kMeanShare = 0.5;
constexpr double kWindowShare = 0.3;
constexpr double kQuantileShare = 0.2;

struct Measures {
    double mean = 0.0;
    double weakest_window = 0.0;
    double low_quantile = 0.0;
};

Measures measures_of(std::vector<double>& logprobs) {
    Measures measures;
    const std::size_t window = std::min(kWindowTokens, logprobs.size());
    double total = 0.0;
    double windowed = 0.0;
    double weakest = 0.0;
    for (std::size_t i = 0; i < logprobs.size(); ++i) {
        total += logprobs[i];
        windowed += logprobs[i] - (i >= window ? logprobs[i - window] : 0.0);
        if (i + 1 >= window) {
            weakest = i + 1 == window ? windowed : std::min(weakest, windowed);
        }
    }
    measures.mean = total / static_cast<double>(logprobs.size());
    measures.weakest_window = std::min(0.0, weakest / static_cast<double>(window));
    const auto rank = static_cast<std::ptrdiff_t>(kLowQuantile * static_cast<double>(logprobs.size() - 1));
    std::ranges::nth_element(logprobs, logprobs.begin() + rank);
    measures.low_quantile = logprobs[static_cast<std::size_t>(rank)];
    return measures;
}

}  // namespace

std::optional<Signal> logprob_signal(const dialect::AnswerChoice& choice) {
    if (choice.token_logprobs.empty()) {
        return std::nullopt;
    }
    std::vector<double> logprobs = token_logprobs(choice);
    const std::size_t tokens = logprobs.size();
    const Measures measures = measures_of(logprobs);

    // The scale and its origin: docs/cascade.md. The nines of a probability (0.9 has one, 0.99 two) spread out the range just
    // below 1 where a raw probability tells nothing apart. A label carries its whole doubt in its few tokens, prose spreads it
    // over choices of wording, so fewer nines are demanded of longer answers: four up to four tokens, approaching one.
    const double blended =
        kMeanShare * measures.mean + kWindowShare * measures.weakest_window + kQuantileShare * measures.low_quantile;
    const double nines = -std::log10(std::max(1e-9, -std::expm1(blended)));
    const double nines_demanded = 1.0 + 12.0 / static_cast<double>(std::max<std::size_t>(tokens, 4));
    const double score = std::clamp(nines / nines_demanded, 0.0, 1.0);

    std::array<char, 96> reason{};
    std::snprintf(reason.data(), reason.size(), "token probability: mean %.3f, weakest window %.3f", std::exp(measures.mean),
                  std::exp(measures.weakest_window));
    return Signal{SignalKind::Logprob, score, false, reason.data()};
}

}  // namespace tierway::cascade
