#include "tierway/lab/calibration_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "lab/calibrators.hpp"
#include "lab/pair_models.hpp"
#include "tierway/base/assert.hpp"
#include "tierway/cascade/confidence.hpp"
#include "tierway/decision/expected_cost.hpp"
#include "tierway/decision/gain_policy.hpp"

namespace tierway::lab {
namespace {

/// Points of the curve over λ; more would only describe noise.
constexpr std::size_t kLambdaPoints = 200;
constexpr std::size_t kCoverageSteps = 20;

using decision::Chances;
using decision::PairCalibration;

/// What climbing came to for a row, and from which λ on it does not climb any more.
struct Held {
    double until_lambda = 0.0;  ///< The expected gain for each USD.
    double kept_acceptable = 0.0;
    double kept_usd = 0.0;
    double climbed_acceptable = 0.0;
    double climbed_usd = 0.0;
};

void fill_table(std::span<const Observation> observations, decision::OutcomeTable& table) {
    for (const Observation& row : observations) {
        ++table.rows;
        table.both += row.cheap_acceptable && row.strong_acceptable ? 1 : 0;
        table.only_cheap += row.cheap_acceptable && !row.strong_acceptable ? 1 : 0;
        table.only_strong += !row.cheap_acceptable && row.strong_acceptable ? 1 : 0;
        table.neither += !row.cheap_acceptable && !row.strong_acceptable ? 1 : 0;
        table.cheap_usd += row.cheap_usd;
        table.second_usd += row.second_usd;
        table.strong_usd += row.strong_usd;
        table.cheap_tokens += static_cast<double>(row.cheap_tokens);
        table.strong_tokens += static_cast<double>(row.strong_tokens);
    }
    const auto count = static_cast<double>(table.rows);
    for (double* mean : {&table.cheap_usd, &table.second_usd, &table.strong_usd, &table.cheap_tokens, &table.strong_tokens}) {
        *mean /= count;
    }
    table.cheap_acceptable = static_cast<double>(table.both + table.only_cheap) / count;
    table.strong_acceptable = static_cast<double>(table.both + table.only_strong) / count;
}

/// Least squares of the strong answer's length on the draft's, in logarithms.
void fit_strong_length(std::span<const Observation> observations, PairCalibration& pair) {
    double x_mean = 0.0, y_mean = 0.0, xx = 0.0, xy = 0.0;
    const auto count = static_cast<double>(observations.size());
    const auto x = [](const Observation& row) { return std::log1p(static_cast<double>(row.cheap_tokens)); };
    const auto y = [](const Observation& row) { return std::log1p(static_cast<double>(row.strong_tokens)); };
    for (const Observation& row : observations) {
        x_mean += x(row) / count;
        y_mean += y(row) / count;
    }
    for (const Observation& row : observations) {
        xx += (x(row) - x_mean) * (x(row) - x_mean);
        xy += (x(row) - x_mean) * (y(row) - y_mean);
    }
    pair.strong_length_slope = xx > 0.0 ? xy / xx : 0.0;
    pair.strong_length_intercept = y_mean - pair.strong_length_slope * x_mean;
}

std::vector<std::size_t> all_of(std::span<const Observation> observations) {
    std::vector<std::size_t> use(observations.size());
    std::iota(use.begin(), use.end(), std::size_t{0});
    return use;
}

/// Fits the draft model, and turns raw held-out chances into calibrated ones.
std::vector<Chances> fit_by_draft(std::span<const Observation> observations, std::uint64_t seed, PairCalibration& pair) {
    std::vector<Chances> chances = held_out_draft_chances(observations, seed);
    std::vector<Claim> cheap;
    std::vector<Claim> strong;
    for (std::size_t i = 0; i < chances.size(); ++i) {
        cheap.push_back({chances[i].cheap, observations[i].cheap_acceptable});
        strong.push_back({chances[i].strong, observations[i].strong_acceptable});
    }
    decision::DraftModel& model = pair.draft.emplace(fit_draft_model(observations, all_of(observations)));
    model.cheap_map = fit_map(cheap);
    model.strong_map = fit_map(strong);
    for (std::size_t i = 0; i < chances.size(); ++i) {
        const double sure = model.cheap_map(chances[i].cheap);
        chances[i] = {observations[i].fatal ? std::min(sure, cascade::kFatalConfidence) : sure, model.strong_map(chances[i].strong)};
    }
    return chances;
}

std::vector<Chances> fit_by_ask(std::span<const Observation> observations, std::uint64_t seed, PairCalibration& pair) {
    pair.ask = fit_ask_model(observations, all_of(observations));
    return held_out_ask_chances(observations, seed);
}

std::vector<Held> hold(const config::Snapshot& snapshot, const PairCalibration& pair, std::span<const Observation> observations,
                       std::span<const Chances> chances, bool by_ask) {
    std::vector<Held> held;
    for (std::size_t i = 0; i < observations.size(); ++i) {
        const Observation& row = observations[i];
        const double usd = by_ask ? decision::usual_usd_difference(snapshot, pair, row.estimated_prompt_tokens)
                                  : decision::expected_strong_usd(snapshot, pair, row.sizes);
        const double paid = by_ask ? 0.0 : row.cheap_usd + row.second_usd;
        Held& one = held.emplace_back();
        one.until_lambda = chances[i].gain() / std::max(usd, 1e-12);
        one.kept_acceptable = row.cheap_acceptable ? 1.0 : 0.0;
        one.kept_usd = by_ask ? row.cheap_usd : paid;
        one.climbed_acceptable = row.strong_acceptable ? 1.0 : 0.0;
        one.climbed_usd = paid + row.strong_usd;
    }
    return held;
}

/// What the rows come to at λ = 0 and at each of the rows' own limits, thinned out.
std::vector<decision::LambdaPoint> lambda_points(std::vector<Held> held) {
    std::sort(held.begin(), held.end(), [](const Held& a, const Held& b) { return a.until_lambda < b.until_lambda; });
    // At λ a row climbs when its limit is above λ: the first rows stay, the others climb.
    decision::LambdaPoint point;
    std::size_t stays = 0;
    for (const Held& row : held) {
        point.acceptable += row.climbed_acceptable;
        point.usd += row.climbed_usd;
        point.climbed += 1.0;
    }
    const auto keep_until = [&](double lambda) {
        for (; stays < held.size() && held[stays].until_lambda <= lambda; ++stays) {
            point.acceptable += held[stays].kept_acceptable - held[stays].climbed_acceptable;
            point.usd += held[stays].kept_usd - held[stays].climbed_usd;
            point.climbed -= 1.0;
        }
        point.lambda = lambda;
    };
    std::vector<decision::LambdaPoint> points;
    keep_until(0.0);
    points.push_back(point);
    const std::size_t positive = held.size() - stays;
    const std::size_t steps = std::min(positive, kLambdaPoints);
    const std::size_t first = stays;
    for (std::size_t step = 1; step <= steps; ++step) {
        const double lambda = held[first + (positive * step) / steps - 1].until_lambda;
        if (lambda > points.back().lambda) {
            keep_until(lambda);
            points.push_back(point);
        }
    }
    return points;
}

std::vector<decision::AcceptancePoint> acceptance_points(std::span<const Observation> observations, std::span<const Chances> chances) {
    std::vector<Claim> claims;
    for (std::size_t i = 0; i < observations.size(); ++i) {
        claims.push_back({chances[i].cheap, observations[i].cheap_acceptable});
    }
    std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) { return a.confidence > b.confidence; });
    std::vector<decision::AcceptancePoint> points;
    for (std::size_t step = 1; step <= kCoverageSteps; ++step) {
        const std::size_t rank = claims.size() * step / kCoverageSteps;
        if (rank == 0) {
            continue;
        }
        decision::AcceptancePoint point;
        point.confidence = claims[rank - 1].confidence;
        // All of that confidence are served, not only those that the sorting put first.
        for (const Claim& claim : claims) {
            point.served += claim.confidence >= point.confidence ? 1 : 0;
            point.wrong += claim.confidence >= point.confidence && !claim.acceptable ? 1 : 0;
        }
        if (points.empty() || point.confidence < points.back().confidence) {
            points.push_back(point);
        }
    }
    return points;
}

double climbed_share(const PairCalibration& pair, const config::Escalation& escalation, std::span<const Held> held,
                     std::span<const Chances> chances) {
    const decision::LearntClass learnt = decision::learnt_class(pair, escalation.gain);
    const double below = learnt.accept_from.value_or(escalation.below);
    std::size_t climbed = 0;
    for (std::size_t i = 0; i < held.size(); ++i) {
        climbed += (learnt.lambda ? held[i].until_lambda > *learnt.lambda : chances[i].cheap < below) ? 1 : 0;
    }
    return static_cast<double>(climbed) / static_cast<double>(held.size());
}

}  // namespace

PairCalibration fit_pair(const config::Snapshot& snapshot, const ObservedPair& observed, std::uint64_t seed) {
    TIERWAY_ASSERT(!observed.observations.empty());
    const std::span<const Observation> observations = observed.observations;
    const config::Escalation& escalation = *snapshot.request_class(observed.request_class).escalation;
    const bool by_ask = escalation.gain && escalation.gain->time == config::GainTime::Ask;
    PairCalibration pair;
    pair.key = observed.key;
    fill_table(observations, pair.table);
    fit_strong_length(observations, pair);
    std::vector<Chances> chances(observations.size(), {pair.table.cheap_acceptable, pair.table.strong_acceptable});
    if (pair.table.rows >= decision::kCalibrationRows) {
        chances = by_ask ? fit_by_ask(observations, seed, pair) : fit_by_draft(observations, seed, pair);
    }
    const std::vector<Held> held = hold(snapshot, pair, observations, chances, by_ask);
    pair.lambdas = lambda_points(held);
    if (!by_ask) {
        pair.acceptance = acceptance_points(observations, chances);
    }
    pair.table.climbed_share = climbed_share(pair, escalation, held, chances);
    return pair;
}

decision::CalibrationPtr fit_calibration(const DecisionCore& core, std::span<const Outcome* const> rows, std::uint64_t seed) {
    const std::vector<ObservedPair> taught = observe(core, rows);
    std::vector<PairCalibration> pairs;
    double cheap = 0.0;
    double strong = 0.0;
    double total = 0.0;
    for (const ObservedPair& observed : taught) {
        PairCalibration& pair = pairs.emplace_back(fit_pair(*core.snapshot, observed, seed));
        cheap += static_cast<double>(pair.table.both + pair.table.only_cheap);
        strong += static_cast<double>(pair.table.both + pair.table.only_strong);
        total += static_cast<double>(pair.table.rows);
    }
    for (PairCalibration& pair : pairs) {
        // Few rows say little: the classes' common share stands in for what they lack (ROUTING.md A4).
        const auto rows_of_pair = static_cast<double>(pair.table.rows);
        const auto shrunk = [&](double share, double common) {
            return (rows_of_pair * share + decision::kPriorRows * common / total) / (rows_of_pair + decision::kPriorRows);
        };
        pair.table.cheap_acceptable = shrunk(pair.table.cheap_acceptable, cheap);
        pair.table.strong_acceptable = shrunk(pair.table.strong_acceptable, strong);
    }
    return std::make_shared<const decision::Calibration>(std::move(pairs));
}

}  // namespace tierway::lab
