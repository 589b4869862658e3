#include "lab/pair_models.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "tierway/lab/folds.hpp"
#include "tierway/lab/logistic_regression.hpp"

namespace tierway::lab {
namespace {

/// Chosen by cross-validation on recorded outcomes of four suites; docs/learning.md has the figures. Flat around these values.
constexpr double kDraftC = 0.3;
constexpr double kAskC = 1.0;
/// How much a standardised measure of the ask weighs beside its n-grams, each block of which has a mean square of 1.
constexpr double kAskMeasureScale = 0.1;
/// Of character n-grams beside word n-grams: with few rows they know what words were not seen, with many they blur.
constexpr double kCharactersWeight = 0.5;
constexpr double kVarianceMin = 1e-9;

using Row = std::span<const double>;

/// Means and inverse deviations of columns; a column that never varies gets the scale 0.
void standardise(std::size_t columns, std::span<const std::size_t> use, const std::function<Row(std::size_t)>& row,
                 std::vector<double>& means, std::vector<double>& scales) {
    means.assign(columns, 0.0);
    std::vector<double> squares(columns, 0.0);
    for (const std::size_t index : use) {
        for (std::size_t column = 0; column < columns; ++column) {
            means[column] += row(index)[column];
        }
    }
    const auto count = static_cast<double>(use.size());
    for (double& mean : means) {
        mean /= count;
    }
    for (const std::size_t index : use) {
        for (std::size_t column = 0; column < columns; ++column) {
            const double distance = row(index)[column] - means[column];
            squares[column] += distance * distance;
        }
    }
    scales.assign(columns, 0.0);
    for (std::size_t column = 0; column < columns; ++column) {
        const double variance = squares[column] / count;
        scales[column] = variance > kVarianceMin ? 1.0 / std::sqrt(variance) : 0.0;
    }
}

std::vector<std::uint32_t> labels_of(std::span<const Observation> observations, bool Observation::*acceptable) {
    std::vector<std::uint32_t> labels;
    labels.reserve(observations.size());
    for (const Observation& observation : observations) {
        labels.push_back(observation.*acceptable ? 1U : 0U);
    }
    return labels;
}

/// With one label only there is nothing to separate: its share, never quite certain.
bool has_both_labels(std::span<const std::uint32_t> labels, std::span<const std::size_t> use) {
    return std::any_of(use.begin(), use.end(), [&](std::size_t i) { return labels[i] != labels[use.front()]; });
}

LogisticModel fit(const SparseRows& rows, std::span<const std::uint32_t> labels, std::span<const std::size_t> use, std::size_t columns,
                  double c) {
    if (has_both_labels(labels, use)) {
        return fit_logistic({.rows = &rows, .use = use, .labels = labels, .weights = {}, .classes = 2, .columns = columns}, {.c = c});
    }
    LogisticModel constant;
    constant.classes = 2;
    constant.outputs = 1;
    constant.weights.assign(columns, 0.0F);
    const double share = (labels[use.front()] == 1U ? static_cast<double>(use.size()) : 0.0) + 1.0;
    constant.intercepts = {static_cast<float>(cascade::log_odds(share / (static_cast<double>(use.size()) + 2.0)))};
    return constant;
}

/// The weights of measures that were scaled by `factor` when they were fitted.
decision::LinearModel linear_model(const LogisticModel& model, std::size_t first, std::size_t count, double factor) {
    decision::LinearModel linear;
    linear.intercept = static_cast<double>(model.intercepts.front());
    for (std::size_t i = 0; i < count; ++i) {
        linear.weights.push_back(static_cast<double>(model.weights[first + i]) * factor);
    }
    return linear;
}

NgramRecipe ask_recipe() {
    NgramRecipe recipe;
    recipe.word_slots_log2 = 16;
    recipe.words_max = 2;
    recipe.character_slots_log2 = 16;
    recipe.fold_digits = 0;
    recipe.weighting = NgramWeighting::Binary;
    return recipe;
}

/// How much each slot's weight may grow for what the n-gram's rarity promises: its inverse document frequency, scaled so that a
/// block of n-grams has a mean square of 1 and its own weight. It is multiplied into the weights afterwards, so serving does not know of it.
std::vector<double> rarity_of(std::span<const std::vector<HashedFeature>> hashed, std::span<const std::size_t> use,
                              const NgramRecipe& recipe) {
    std::vector<double> rarity(recipe.slots(), 0.0);
    for (const std::size_t index : use) {
        for (const HashedFeature& feature : hashed[index]) {
            rarity[feature.slot] += 1.0;
        }
    }
    const auto count = static_cast<double>(use.size());
    for (double& slot : rarity) {
        slot = std::log((1.0 + count) / (1.0 + slot)) + 1.0;
    }
    double squares[2] = {0.0, 0.0};
    const auto block_of = [&](std::size_t slot) { return slot < recipe.word_slots() ? 0U : 1U; };
    for (const std::size_t index : use) {
        for (const HashedFeature& feature : hashed[index]) {
            const double value = static_cast<double>(feature.value) * rarity[feature.slot];
            squares[block_of(feature.slot)] += value * value;
        }
    }
    for (std::size_t slot = 0; slot < rarity.size(); ++slot) {
        const double mean = squares[block_of(slot)] / count;
        rarity[slot] /= mean > 0.0 ? std::sqrt(mean) : 1.0;
        rarity[slot] *= block_of(slot) == 1U ? kCharactersWeight : 1.0;
    }
    return rarity;
}

std::vector<std::size_t> fold_rows(std::span<const Observation> observations, std::size_t fold, bool inside, std::uint64_t seed) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < observations.size(); ++i) {
        if ((fold_of(observations[i].id, kInnerFolds, seed) == fold) == inside) {
            rows.push_back(i);
        }
    }
    return rows;
}

template <class Fit, class Predict>
std::vector<decision::Chances> held_out(std::span<const Observation> observations, std::uint64_t seed, Fit fit_on, Predict predict) {
    std::vector<decision::Chances> chances(observations.size());
    for (std::size_t fold = 0; fold < kInnerFolds; ++fold) {
        const std::vector<std::size_t> training = fold_rows(observations, fold, false, seed);
        const std::vector<std::size_t> rest = fold_rows(observations, fold, true, seed);
        if (training.empty() || rest.empty()) {
            continue;
        }
        const auto model = fit_on(training);
        for (const std::size_t index : rest) {
            chances[index] = predict(model, observations[index]);
        }
    }
    return chances;
}

}  // namespace

decision::DraftModel fit_draft_model(std::span<const Observation> observations, std::span<const std::size_t> use) {
    decision::DraftModel model;
    standardise(cascade::kDraftMeasures, use, [&](std::size_t i) { return Row(observations[i].draft); }, model.means, model.scales);
    SparseRows rows;
    std::vector<HashedFeature> row;
    for (const Observation& observation : observations) {
        row.clear();
        for (std::uint32_t i = 0; i < cascade::kDraftMeasures; ++i) {
            row.push_back({i, static_cast<float>((observation.draft[i] - model.means[i]) * model.scales[i])});
        }
        rows.add(row);
    }
    const auto chance = [&](bool Observation::*acceptable) {
        const auto labels = labels_of(observations, acceptable);
        return linear_model(fit(rows, labels, use, cascade::kDraftMeasures, kDraftC), 0, cascade::kDraftMeasures, 1.0);
    };
    model.cheap = chance(&Observation::cheap_acceptable);
    model.strong = chance(&Observation::strong_acceptable);
    return model;
}

decision::AskModel fit_ask_model(std::span<const Observation> observations, std::span<const std::size_t> use) {
    decision::AskModel model;
    model.recipe = ask_recipe();
    std::vector<classify::AskMeasures> measures;
    std::vector<std::vector<HashedFeature>> hashed(observations.size());
    NgramScratch scratch;
    for (std::size_t i = 0; i < observations.size(); ++i) {
        measures.push_back(classify::measure_ask(observations[i].ask));
        hash_ngrams(decision::words_of(observations[i].ask), model.recipe, scratch, hashed[i]);
    }
    standardise(classify::kAskMeasures, use, [&](std::size_t i) { return Row(measures[i]); }, model.means, model.scales);
    const std::vector<double> rarity = rarity_of(hashed, use, model.recipe);
    const auto slots = static_cast<std::uint32_t>(model.recipe.slots());
    SparseRows rows;
    std::vector<HashedFeature> row;
    for (std::size_t i = 0; i < observations.size(); ++i) {
        row.clear();
        for (const HashedFeature& feature : hashed[i]) {
            row.push_back({feature.slot, static_cast<float>(static_cast<double>(feature.value) * rarity[feature.slot])});
        }
        for (std::uint32_t k = 0; k < classify::kAskMeasures; ++k) {
            row.push_back({slots + k, static_cast<float>((measures[i][k] - model.means[k]) * model.scales[k] * kAskMeasureScale)});
        }
        rows.add(row);
    }
    model.ngrams.resize(2 * std::size_t{slots});
    const auto chance = [&](bool Observation::*acceptable, std::size_t side) {
        const auto labels = labels_of(observations, acceptable);
        const LogisticModel fitted = fit(rows, labels, use, slots + classify::kAskMeasures, kAskC);
        for (std::size_t slot = 0; slot < slots; ++slot) {
            model.ngrams[2 * slot + side] = static_cast<float>(static_cast<double>(fitted.weights[slot]) * rarity[slot]);
        }
        return linear_model(fitted, slots, classify::kAskMeasures, kAskMeasureScale);
    };
    model.cheap = chance(&Observation::cheap_acceptable, 0);
    model.strong = chance(&Observation::strong_acceptable, 1);
    return model;
}

std::vector<decision::Chances> held_out_draft_chances(std::span<const Observation> observations, std::uint64_t seed) {
    return held_out(
        observations, seed, [&](std::span<const std::size_t> use) { return fit_draft_model(observations, use); },
        [](const decision::DraftModel& model, const Observation& observation) { return model.chances(observation.draft); });
}

std::vector<decision::Chances> held_out_ask_chances(std::span<const Observation> observations, std::uint64_t seed) {
    NgramScratch scratch;
    std::vector<HashedFeature> features;
    return held_out(
        observations, seed, [&](std::span<const std::size_t> use) { return fit_ask_model(observations, use); },
        [&](const decision::AskModel& model, const Observation& observation) {
            return model.chances(observation.ask, scratch, features);
        });
}

}  // namespace tierway::lab
