#include <algorithm>
#include <utility>

#include "tierway/base/assert.hpp"
#include "tierway/lab/replay.hpp"

namespace tierway::lab {
namespace {

void replay_one(Replayer& replayer, std::span<const Outcome> outcomes, std::size_t position, Replay& replay) {
    auto row = replayer.replay(outcomes[position]);
    if (row) {
        row->row = position;
        replay.rows.push_back(*std::move(row));
    } else {
        replay.passed_over.push_back({position, row.error()});
    }
}

/// FNV-1a, finished as MurmurHash3 does, because ids often differ in their last digit alone.
std::uint64_t hash_of(std::string_view id, std::uint64_t seed) {
    std::uint64_t hash = 0xcbf29ce484222325U ^ seed;
    for (const char c : id) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdU;
    hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53U;
    return hash ^ (hash >> 33U);
}

}  // namespace

Replay replay_all(const DecisionCore& core, std::span<const Outcome> outcomes, const std::function<void(std::size_t)>& progress) {
    Replayer replayer(core);
    Replay replay;
    for (std::size_t position = 0; position < outcomes.size(); ++position) {
        replay_one(replayer, outcomes, position, replay);
        if (progress) {
            progress(position + 1);
        }
    }
    return replay;
}

std::size_t fold_of(std::string_view id, std::size_t folds, std::uint64_t seed) {
    TIERWAY_ASSERT(folds > 0);
    return static_cast<std::size_t>(hash_of(id, seed) % folds);
}

Result<Replay> replay_folds(const FitCore& fit, std::span<const Outcome> outcomes, std::size_t folds, std::uint64_t seed,
                            const std::function<void(std::size_t)>& progress) {
    TIERWAY_ASSERT(folds >= 2);
    Replay replay;
    std::size_t done = 0;
    for (std::size_t fold = 0; fold < folds; ++fold) {
        std::vector<const Outcome*> training;
        std::vector<std::size_t> held_out;
        for (std::size_t position = 0; position < outcomes.size(); ++position) {
            if (fold_of(outcomes[position].id, folds, seed) == fold) {
                held_out.push_back(position);
            } else {
                training.push_back(&outcomes[position]);
            }
        }
        if (held_out.empty()) {
            continue;
        }
        auto core = fit(training);
        if (!core) {
            return core.error();
        }
        Replayer replayer(*std::move(core));
        for (const std::size_t position : held_out) {
            replay_one(replayer, outcomes, position, replay);
            if (progress) {
                progress(++done);
            }
        }
    }
    const auto by_position = [](const auto& a, const auto& b) { return a.row < b.row; };
    std::sort(replay.rows.begin(), replay.rows.end(), by_position);
    std::sort(replay.passed_over.begin(), replay.passed_over.end(), by_position);
    return replay;
}

}  // namespace tierway::lab
