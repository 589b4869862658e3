#include "simulator/log_probabilities.hpp"

#include <cmath>

namespace tierway::simulator {
namespace {

constexpr double kRightLevel = 0.93;
constexpr double kWrongLevel = 0.72;
constexpr double kConfidentLevel = 0.98;
constexpr double kUnsureLevel = 0.45;
constexpr double kAnswerSpread = 1.0;
constexpr double kTokenSpread = 0.5;
constexpr std::size_t kWeakTokens = 3;
constexpr std::size_t kWeakFrom = 8;
constexpr double kWeakBy = 1.0;

double logit(double probability) {
    return std::log(probability / (1.0 - probability));
}

}  // namespace

std::vector<double> draw_log_probabilities(std::size_t count, bool right, std::optional<bool> confident, Draws& draws) {
    double level = logit(right ? kRightLevel : kWrongLevel) + kAnswerSpread * draws.normal();
    if (confident) {
        level = logit(*confident ? kConfidentLevel : kUnsureLevel);
    }
    const bool weak = !right && !confident && count >= kWeakFrom;
    const std::size_t weak_begin = weak ? draws.index(count - kWeakTokens + 1) : count;
    std::vector<double> log_probabilities;
    log_probabilities.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const bool in_weak_part = i >= weak_begin && i < weak_begin + kWeakTokens;
        const double odds = level + kTokenSpread * draws.normal() - (in_weak_part ? kWeakBy : 0.0);
        log_probabilities.push_back(-std::log1p(std::exp(-odds)));
    }
    return log_probabilities;
}

}  // namespace tierway::simulator
