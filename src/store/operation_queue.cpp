#include "store/operation_queue.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "tierway/telemetry/log.hpp"

namespace tierway::store {
namespace {

using ledger::AttemptSettlement;
using ledger::OpeningResult;

SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}

OpeningResult unavailable() {
    return {.kind = OpeningResult::Kind::Unavailable, .budget = 0, .left = {}};
}

void log_dropped(const std::vector<AttemptSettlement>& dropped) {
    for (const AttemptSettlement& settlement : dropped) {
        telemetry::log_error("The ledger cannot be written and the settlement of attempt " + settlement.attempt + " (" +
                             settlement.cost.to_string() + " USD) is dropped; it will be charged with its estimate.");
    }
}

}  // namespace

bool WaitingOpening::answer(const OpeningResult& result) {
    if (answered_.exchange(true)) {
        return false;
    }
    // Called once, and gone with what it holds.
    std::exchange(opened_, nullptr)(result);
    return true;
}

OperationQueue::OperationQueue(Limits limits) : limits_(limits), expiry_([this](const std::stop_token& stop) { expire(stop); }) {}

OperationQueue::~OperationQueue() = default;

void OperationQueue::add(ledger::AttemptOpening opening, std::function<void(const OpeningResult&)> opened) {
    {
        const std::lock_guard lock(mutex_);
        if (!closed_ && openings_.size() < limits_.openings_max) {
            openings_.push_back(
                std::make_shared<WaitingOpening>(std::move(opening), std::move(opened), steady_now() + limits_.open_timeout));
            ++openings_in_;
            if (unanswered_.empty()) {
                for_expiry_.notify_one();
            }
            unanswered_.push_back(openings_.back());
            for_writer_.notify_one();
            return;
        }
    }
    opened(unavailable());
}

void OperationQueue::add(std::vector<AttemptSettlement> settlements) {
    if (settlements.empty()) {
        return;
    }
    std::vector<AttemptSettlement> dropped;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) {
            dropped_ += settlements.size();
            dropped = std::move(settlements);
        } else {
            const bool first = entries_.empty();
            if (first) {
                entries_due_ = std::max(entries_due_, steady_now() + kLinger);
            }
            entries_in_ += settlements.size();
            std::move(settlements.begin(), settlements.end(), std::back_inserter(entries_));
            dropped = drop_oldest();
            const bool many = entries_.size() >= kEntriesWorthAGroup && available_;
            if (many) {
                entries_due_ = SteadyTime();
            }
            if (first || many) {
                for_writer_.notify_one();
            }
        }
    }
    log_dropped(dropped);
}

std::vector<AttemptSettlement> OperationQueue::drop_oldest() {
    std::vector<AttemptSettlement> dropped;
    while (entries_.size() + entries_taken_ > limits_.entries_max && !entries_.empty()) {
        if (auto* settlement = std::get_if<AttemptSettlement>(&entries_.front())) {
            dropped.push_back(std::move(*settlement));
            ++dropped_;
        }
        entries_.pop_front();
        ++entries_out_;
    }
    if (!dropped.empty()) {
        for_flush_.notify_all();
    }
    return dropped;
}

Group OperationQueue::take(SteadyTime housekeeping) {
    std::unique_lock lock(mutex_);
    while (!closed_ && openings_.empty()) {
        const SteadyTime due = entries_.empty() ? housekeeping : std::min(housekeeping, entries_due_);
        if (steady_now() >= due) {
            break;
        }
        for_writer_.wait_until(lock, due);
    }
    if (closed_ && !available_) {
        // What failed is tried again, but not without pause.
        for_writer_.wait_for(lock, kRetry / 5);
    }
    Group group;
    const std::size_t openings = std::min(openings_.size(), kOpeningsPerGroup);
    std::move(openings_.begin(), openings_.begin() + static_cast<std::ptrdiff_t>(openings), std::back_inserter(group.openings));
    openings_.erase(openings_.begin(), openings_.begin() + static_cast<std::ptrdiff_t>(openings));
    const std::size_t entries = std::min(entries_.size(), kEntriesPerGroup);
    std::move(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(entries), std::back_inserter(group.entries));
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(entries));
    entries_taken_ = entries;
    entries_due_ = SteadyTime();
    return group;
}

void OperationQueue::done(Group group, const std::vector<OpeningResult>& results, bool kept) {
    std::vector<AttemptSettlement> dropped;
    {
        // Before the answers, so that who reads the state after one sees what it rests on.
        const std::lock_guard lock(mutex_);
        available_ = kept;
        entries_taken_ = 0;
        if (kept) {
            entries_out_ += group.entries.size();
        } else {
            entries_.insert(entries_.begin(), std::make_move_iterator(group.entries.begin()),
                            std::make_move_iterator(group.entries.end()));
            entries_due_ = steady_now() + kRetry;
        }
    }
    std::vector<Entry> withdrawals;
    for (std::size_t i = 0; i < group.openings.size(); ++i) {
        WaitingOpening& waiting = *group.openings[i];
        const bool heard = waiting.answer(kept ? results[i] : unavailable());
        if (!heard && kept && results[i].kind == OpeningResult::Kind::Granted) {
            withdrawals.emplace_back(Withdrawal{waiting.opening().attempt});
        }
    }
    {
        const std::lock_guard lock(mutex_);
        openings_out_ += group.openings.size();
        entries_in_ += withdrawals.size();
        std::move(withdrawals.begin(), withdrawals.end(), std::back_inserter(entries_));
        dropped = drop_oldest();
        for_flush_.notify_all();
    }
    log_dropped(dropped);
}

bool OperationQueue::flush(Milliseconds patience) {
    const SteadyTime until = steady_now() + patience;
    std::unique_lock lock(mutex_);
    const std::uint64_t openings = openings_in_;
    if (!for_flush_.wait_until(lock, until, [&] { return openings_out_ >= openings; })) {
        return false;
    }
    // Only now, because an opening that came too late leaves a withdrawal.
    const std::uint64_t entries = entries_in_;
    const std::uint64_t dropped = dropped_;
    if (available_) {
        entries_due_ = SteadyTime();
        for_writer_.notify_one();
    }
    return for_flush_.wait_until(lock, until, [&] { return entries_out_ >= entries; }) && dropped_ == dropped;
}

void OperationQueue::close() {
    const std::lock_guard lock(mutex_);
    if (!closed_) {
        closed_ = true;
        closed_at_ = steady_now();
        for_writer_.notify_one();
    }
}

bool OperationQueue::is_over() const {
    const std::lock_guard lock(mutex_);
    const bool empty = openings_.empty() && entries_.empty();
    return closed_ && (empty || (!available_ && steady_now() - closed_at_ >= kClosePatience));
}

void OperationQueue::abandon() {
    std::deque<std::shared_ptr<WaitingOpening>> openings;
    std::vector<AttemptSettlement> dropped;
    {
        const std::lock_guard lock(mutex_);
        openings.swap(openings_);
        openings_out_ += openings.size();
        for (Entry& entry : entries_) {
            if (auto* settlement = std::get_if<AttemptSettlement>(&entry)) {
                dropped.push_back(std::move(*settlement));
            }
        }
        entries_out_ += entries_.size();
        dropped_ += dropped.size();
        entries_.clear();
        available_ = false;
        for_flush_.notify_all();
    }
    for (const std::shared_ptr<WaitingOpening>& waiting : openings) {
        waiting->answer(unavailable());
    }
    log_dropped(dropped);
}

ledger::StoreState OperationQueue::state() const {
    const std::lock_guard lock(mutex_);
    return {.available = available_,
            .settlements_waiting = entries_.size() + entries_taken_,
            .settlements_dropped = dropped_,
            .crashed = 0};
}

void OperationQueue::expire(const std::stop_token& stop) {
    const Milliseconds period = std::clamp(limits_.open_timeout / 10, Milliseconds(1), Milliseconds(100));
    std::unique_lock lock(mutex_);
    while (for_expiry_.wait(lock, stop, [this] { return !unanswered_.empty(); }) && !stop.stop_requested()) {
        std::vector<std::shared_ptr<WaitingOpening>> overdue;
        const SteadyTime now = steady_now();
        while (!unanswered_.empty() && (unanswered_.front()->is_answered() || unanswered_.front()->deadline() <= now)) {
            overdue.push_back(std::move(unanswered_.front()));
            unanswered_.pop_front();
        }
        lock.unlock();
        for (const std::shared_ptr<WaitingOpening>& waiting : overdue) {
            waiting->answer(unavailable());
        }
        // What they hold is let go without the lock, too.
        overdue.clear();
        lock.lock();
        if (!unanswered_.empty()) {
            for_expiry_.wait_for(lock, stop, period, [] { return false; });
        }
    }
}

}  // namespace tierway::store
