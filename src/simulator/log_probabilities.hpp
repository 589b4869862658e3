#pragma once

#include <optional>
#include <vector>

#include "simulator/draws.hpp"

namespace tierway::simulator {

/// Log-probabilities of an answer's tokens, drawn so that they tell right answers from wrong ones, but not surely.
///
/// The answer has a level L with logit(L) ~ Normal(mu, 1), mu = logit 0.93 for right answers and logit 0.72 for wrong ones; each
/// token's probability p has logit(p) ~ Normal(logit L, 0.5). Wrong answers of eight tokens or more have a stretch of three
/// tokens whose logit is lower by 1. Ranking answers by their mean log-probability then tells right from wrong with an AUROC of
/// about 0.85 to 0.9 (for one token: Phi(1.643 / sqrt(2 · 1.25)) = 0.85). \param confident sets the level to 0.98 (true) or 0.45
/// (false) for drills; then the fate plays no part.
std::vector<double> draw_log_probabilities(std::size_t count, bool right, std::optional<bool> confident, Draws& draws);

}  // namespace tierway::simulator
