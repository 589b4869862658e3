// Micro-benchmarks of the learned classifier: hashing an ask's n-grams, and the whole stage, for asks of 1 KiB of prose, of code,
// and of a typical short prompt. Run bench_classify; compare with an earlier run on the same machine, never across machines.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "tierway/base/ngram_hash.hpp"
#include "tierway/classify/classifier.hpp"
#include "tierway/classify/features.hpp"
#include "tierway/config/classifier_model.hpp"
#include "tierway/config/snapshot.hpp"

namespace {

using namespace tierway;

constexpr std::size_t kAskBytes = 1'024;
constexpr int kLabels = 11;

/// Words of a small vocabulary drawn at random, the commoner ones more often, as prose has them.
std::string prose() {
    std::mt19937 random(11);
    std::string text;
    while (text.size() < kAskBytes) {
        const auto rank = static_cast<std::uint32_t>(random() % (1U + random() % 900U));
        std::string word;
        for (std::uint32_t left = rank * 2'654'435'761U % 40'000U + 20U; left > 0; left /= 9) {
            word += static_cast<char>('a' + (left * 7U + rank) % 26U);
        }
        text += word + (random() % 12 == 0 ? ". " : " ");
    }
    return text.substr(0, kAskBytes);
}

std::string code() {
    std::string text = "Why does this return the wrong sum?\n";
    for (int i = 0; text.size() < kAskBytes; ++i) {
        text += "    total_" + std::to_string(i % 7) + " += values[i + " + std::to_string(i) + "] * weight(row, ";
        text += std::to_string(i * 3) + ");\n";
    }
    return text.substr(0, kAskBytes);
}

std::string ask_of(std::int64_t kind) {
    return kind == 0 ? prose() : kind == 1 ? code() : "Write a short poem about the sea in autumn, please.";
}

config::SnapshotPtr snapshot_with_model() {
    std::mt19937 random(3);
    config::TrainedClassifier trained;
    auto snapshot = std::make_shared<config::Snapshot>();
    config::ModelSettings settings;
    for (int label = 0; label < kLabels; ++label) {
        trained.labels.push_back("label" + std::to_string(label));
        settings.class_of_label.emplace_back(config::ClassId(static_cast<std::uint32_t>(label)));
    }
    trained.intercepts.resize(kLabels);
    trained.weights.resize(trained.recipe.columns() * kLabels);
    for (float& weight : trained.weights) {
        weight = static_cast<float>(random() % 200) / 100.0F - 1.0F;
    }
    const std::string path = "bench_classify.twm";
    const auto written = config::write_classifier_model(trained, path);
    auto model = written ? config::ClassifierModel::open(path) : written.error();
    std::remove(path.c_str());
    if (!model) {
        std::fprintf(stderr, "%s\n", std::string(model.error().message()).c_str());
        std::exit(1);
    }
    settings.model = *model;
    settings.min_confidence = 0.0;
    snapshot->classes.resize(kLabels);
    snapshot->classifier.model = settings;
    return snapshot;
}

void hash_one_ask(benchmark::State& state) {
    const std::string ask = ask_of(state.range(0));
    const NgramRecipe recipe = config::ClassifierRecipe{}.text;
    NgramScratch scratch;
    std::vector<HashedFeature> features;
    for (auto _ : state) {
        hash_ngrams(ask, recipe, scratch, features);
        benchmark::DoNotOptimize(features.data());
    }
    state.counters["features"] = static_cast<double>(features.size());
}
BENCHMARK(hash_one_ask)->DenseRange(0, 2);

void classify_one_ask(benchmark::State& state) {
    const classify::ModelStage stage(snapshot_with_model());
    classify::Features features;
    features.ask = ask_of(state.range(0));
    features.language = "latin";
    features.turns = 1;
    for (auto _ : state) {
        benchmark::DoNotOptimize(stage.classify(features));
    }
}
BENCHMARK(classify_one_ask)->DenseRange(0, 2);

}  // namespace

BENCHMARK_MAIN();
