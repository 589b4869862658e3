#include "tierway/ledger/recording_store.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tierway::ledger {
namespace {

/// The record counts in the same budgets and refuses nothing: others spend of them, too.
AttemptOpening recorded(AttemptOpening opening) {
    for (BudgetClaim& claim : opening.budgets) {
        claim.hard = false;
    }
    return opening;
}

AttemptSettlement never_sent(std::string attempt) {
    AttemptSettlement settlement;
    settlement.attempt = std::move(attempt);
    settlement.purpose = Purpose::Failed;
    settlement.outcome = "never_sent";
    return settlement;
}

}  // namespace

void RecordingStore::open(AttemptOpening opening, std::function<void(const OpeningResult&)> opened) {
    AttemptOpening own = recorded(opening);
    counters_.open(std::move(opening), [this, own = std::move(own), opened = std::move(opened)](const OpeningResult& counted) mutable {
        if (counted.kind != OpeningResult::Kind::Granted) {
            opened(counted);
            return;
        }
        const std::string attempt = own.attempt;
        record_.open(std::move(own), [this, attempt, counted, opened = std::move(opened)](const OpeningResult& kept) {
            if (kept.kind == OpeningResult::Kind::Granted) {
                opened(counted);
                return;
            }
            counters_.settle({never_sent(attempt)});
            opened({.kind = OpeningResult::Kind::Unavailable, .budget = 0, .left = {}});
        });
    });
}

void RecordingStore::settle(std::vector<AttemptSettlement> settlements) {
    record_.settle(settlements);
    counters_.settle(std::move(settlements));
}

StoreState RecordingStore::state() const {
    StoreState state = counters_.state();
    const StoreState kept = record_.state();
    state.available = state.available && kept.available;
    state.settlements_waiting += kept.settlements_waiting;
    state.settlements_dropped += kept.settlements_dropped;
    return state;
}

bool RecordingStore::flush(Milliseconds patience) {
    const SteadyTime until = std::chrono::steady_clock::now() + patience;
    const bool counted = counters_.flush(patience);
    const auto left = std::chrono::ceil<Milliseconds>(until - std::chrono::steady_clock::now());
    return record_.flush(std::max(left, Milliseconds(1))) && counted;
}

void RecordingStore::close() {
    counters_.close();
    record_.close();
}

}  // namespace tierway::ledger
