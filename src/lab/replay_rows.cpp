#include <algorithm>
#include <utility>

#include "tierway/base/assert.hpp"
#include "tierway/lab/folds.hpp"
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
