// What every attempt at a model pays for the shared health board: leave to ask, and the settlement of an answer that went well.
// Run bench_health; compare with an earlier run on the same machine, never across machines.

#include <benchmark/benchmark.h>

#include <chrono>

#include "tierway/config/snapshot.hpp"
#include "tierway/upstream/health_board.hpp"

namespace {

using namespace tierway;

config::Snapshot two_models() {
    config::Snapshot snapshot;
    snapshot.providers.emplace_back();
    snapshot.models.resize(2);
    snapshot.models[0].name = "p/a";
    snapshot.models[1].name = "p/b";
    return snapshot;
}

upstream::HealthBoard& board() {
    static upstream::HealthBoard shared(two_models(), std::chrono::steady_clock::now());
    return shared;
}

void attempt(benchmark::State& state, config::ModelId model) {
    const SteadyTime now = std::chrono::steady_clock::now();
    for (auto _ : state) {
        upstream::Permit permit = board().admit(model, upstream::AttemptKind::First, now);
        benchmark::DoNotOptimize(permit);
        permit.settle(upstream::Evidence::Healthy, now);
    }
}

void admit_and_settle(benchmark::State& state) {
    attempt(state, config::ModelId{0});
}
BENCHMARK(admit_and_settle);

void admit_and_settle_on_models_of_their_own(benchmark::State& state) {
    attempt(state, config::ModelId(state.thread_index() % 2));
}
BENCHMARK(admit_and_settle_on_models_of_their_own)->Threads(2);

void admit_and_settle_on_one_model(benchmark::State& state) {
    attempt(state, config::ModelId{0});
}
BENCHMARK(admit_and_settle_on_one_model)->Threads(2);

void available_at(benchmark::State& state) {
    const SteadyTime now = std::chrono::steady_clock::now();
    for (auto _ : state) {
        benchmark::DoNotOptimize(board().available_at(config::ModelId{0}, now));
    }
}
BENCHMARK(available_at);

}  // namespace

BENCHMARK_MAIN();
