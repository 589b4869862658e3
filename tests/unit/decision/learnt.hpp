#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tierway/config/load.hpp"
#include "tierway/decision/gain_policy.hpp"

namespace tierway::decision::test {

/// A configuration of one cheap and one dear model whose class `chat` escalates as `rule` says.
inline config::SnapshotPtr snapshot_with(std::string_view rule) {
    const std::string yaml = R"(
version: 1
calibration: {file: nowhere.twq}
providers:
  near: {dialect: openai, base_url: "http://127.0.0.1:9/v1"}
models:
  near/cheap: {price: {input: 1, output: 2}}
  near/dear: {price: {input: 10, output: 20}}
tiers: {small: [near/cheap], frontier: [near/dear]}
classes:
  chat: {tier: small, escalate: {to: frontier, )" + std::string(rule) + R"(}}
  plain: {tier: small}
classifier: {default_class: chat}
)";
    const config::LoadResult loaded = config::load_text(yaml, "test.yaml", config::PriceCatalogue::built_in(),
                                                        [](const std::string&) { return std::nullopt; });
    for (const config::Problem& problem : loaded.problems) {
        ADD_FAILURE() << problem.to_string();
    }
    return loaded.snapshot;
}

/// Something learnt of 1,000 rows: the cheap model right on 700, the strong one on 900. Confidence follows agreement alone.
inline PairCalibration learnt_pair() {
    PairCalibration pair;
    pair.key = {"chat", "near/cheap", "near/dear", ""};
    pair.table = {.rows = 1000, .both = 650, .only_cheap = 50, .only_strong = 250, .neither = 50, .cheap_usd = 0.001, .second_usd = 0.0,
                  .strong_usd = 0.01, .cheap_tokens = 100, .strong_tokens = 200, .cheap_acceptable = 0.7, .strong_acceptable = 0.9,
                  .climbed_share = 0.3};
    DraftModel& model = pair.draft.emplace();
    model.means.assign(cascade::kDraftMeasures, 0.0);
    model.scales.assign(cascade::kDraftMeasures, 1.0);
    model.cheap.weights.assign(cascade::kDraftMeasures, 0.0);
    model.cheap.weights[static_cast<std::size_t>(cascade::DraftMeasure::Agrees)] = 4.0;
    model.cheap.intercept = -1.0;
    model.strong = {std::vector<double>(cascade::kDraftMeasures, 0.0), 2.0};
    pair.lambdas = {{0.0, 930.0, 9.0, 800.0}, {10.0, 910.0, 6.0, 500.0}, {20.0, 880.0, 3.0, 200.0}, {40.0, 700.0, 1.0, 0.0}};
    pair.acceptance = {{0.95, 200, 2}, {0.9, 400, 8}, {0.8, 600, 90}, {0.5, 1000, 300}};
    return pair;
}

inline CalibrationPtr calibration_of(PairCalibration pair) {
    std::vector<PairCalibration> pairs;
    pairs.push_back(std::move(pair));
    return std::make_shared<const Calibration>(std::move(pairs));
}

}  // namespace tierway::decision::test
