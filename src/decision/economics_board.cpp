#include "tierway/decision/economics_board.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

namespace tierway::decision {
namespace {

/// What makes two configurations' cascades of a class the same.
struct CascadeTerms {
    PairKey key;
    double below = 0.0;
    std::optional<config::GainRule> gain;
    bool operator==(const CascadeTerms&) const = default;
};

std::optional<CascadeTerms> terms_of(const config::Snapshot& snapshot, config::ClassId request_class) {
    auto key = pair_key(snapshot, request_class);
    const auto& escalation = snapshot.request_class(request_class).escalation;
    if (!key || (escalation->gain && escalation->gain->time == config::GainTime::Ask)) {
        return std::nullopt;
    }
    return CascadeTerms{std::move(*key), escalation->below, escalation->gain};
}

cascade::SharePrior prior_of(const LearntClass* learnt) {
    return learnt == nullptr ? cascade::SharePrior{} : cascade::SharePrior{learnt->pair->table.climbed_share, kPriorRows};
}

}  // namespace

struct EconomicsEntry {
    EconomicsEntry(CascadeTerms cascade, const cascade::SharePrior& prior) : terms(std::move(cascade)), economics(prior) {}

    const CascadeTerms terms;
    std::mutex mutex;
    cascade::RunningEconomics economics;
    std::atomic<bool> costs_more = false;  ///< The estimate's, for whoever only asks.
};

EconomicsBoard::EconomicsBoard(const config::Snapshot& snapshot, const GainPolicy& gains, const EconomicsBoard* previous) {
    for (std::size_t i = 0; i < snapshot.classes.size(); ++i) {
        const config::ClassId request_class{static_cast<std::uint16_t>(i)};
        std::shared_ptr<EconomicsEntry>& entry = entries_.emplace_back();
        auto terms = terms_of(snapshot, request_class);
        if (!terms) {
            continue;
        }
        if (previous != nullptr) {
            const auto same = std::find_if(previous->entries_.begin(), previous->entries_.end(),
                                           [&](const auto& known) { return known != nullptr && known->terms == *terms; });
            entry = same == previous->entries_.end() ? nullptr : *same;
        }
        if (!entry) {
            entry = std::make_shared<EconomicsEntry>(std::move(*terms), prior_of(gains.find(request_class)));
        }
    }
}

EconomicsBoard::~EconomicsBoard() = default;

void EconomicsBoard::count(config::ClassId request_class, const cascade::JudgedDraft& draft) {
    const auto& entry = entries_[config::index_of(request_class)];
    if (!entry) {
        return;
    }
    const std::lock_guard lock(entry->mutex);
    entry->economics.count(draft);
    entry->costs_more.store(entry->economics.costs_more(), std::memory_order_relaxed);
}

bool EconomicsBoard::costs_more(config::ClassId request_class) const noexcept {
    const auto& entry = entries_[config::index_of(request_class)];
    return entry != nullptr && entry->costs_more.load(std::memory_order_relaxed);
}

std::optional<cascade::RunningEconomics> EconomicsBoard::of(config::ClassId request_class) const {
    const auto& entry = entries_[config::index_of(request_class)];
    if (!entry) {
        return std::nullopt;
    }
    const std::lock_guard lock(entry->mutex);
    return entry->economics;
}

}  // namespace tierway::decision
