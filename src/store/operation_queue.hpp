#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "tierway/base/time.hpp"
#include "tierway/ledger/store.hpp"

namespace tierway::store {

/// An opening whose caller waits for the result. Whoever answers first is heard: the writer, or the queue when the time is over.
class WaitingOpening {
public:
    WaitingOpening(ledger::AttemptOpening opening, std::function<void(const ledger::OpeningResult&)> opened, SteadyTime deadline)
        : opening_(std::move(opening)), opened_(std::move(opened)), deadline_(deadline) {}

    /// \returns false when it was answered already, and then does nothing.
    bool answer(const ledger::OpeningResult& result);
    [[nodiscard]] bool is_answered() const noexcept { return answered_; }
    [[nodiscard]] const ledger::AttemptOpening& opening() const noexcept { return opening_; }
    [[nodiscard]] SteadyTime deadline() const noexcept { return deadline_; }

private:
    ledger::AttemptOpening opening_;
    std::function<void(const ledger::OpeningResult&)> opened_;
    SteadyTime deadline_;
    std::atomic<bool> answered_ = false;
};

/// An attempt that was granted when its caller had stopped waiting.
struct Withdrawal {
    std::string attempt;
};
using Entry = std::variant<ledger::AttemptSettlement, Withdrawal>;

/// What is written in one transaction.
struct Group {
    std::vector<std::shared_ptr<WaitingOpening>> openings;
    std::vector<Entry> entries;
};

/// What callers hand over and one writer takes in groups. Openings are taken as soon as the writer is free; settlements, for
/// which nobody waits, may linger for company. An opening is answered Unavailable when its time is over, whatever the writer is
/// stuck in. Entries that could not be written come back and are tried again, within a bound. Thread-safe.
class OperationQueue {
public:
    struct Limits {
        Milliseconds open_timeout;
        std::size_t openings_max;
        std::size_t entries_max;
    };
    static constexpr std::size_t kOpeningsPerGroup = 256;
    static constexpr std::size_t kEntriesPerGroup = 512;
    /// Settlements go when so many are there, or after so long.
    static constexpr std::size_t kEntriesWorthAGroup = 128;
    static constexpr Milliseconds kLinger{5};
    /// How long after a failure entries are tried again.
    static constexpr Milliseconds kRetry{250};
    /// How long the end waits for a file that cannot be written.
    static constexpr Milliseconds kClosePatience{5'000};

    explicit OperationQueue(Limits limits);
    ~OperationQueue();
    OperationQueue(const OperationQueue&) = delete;
    OperationQueue& operator=(const OperationQueue&) = delete;

    void add(ledger::AttemptOpening opening, std::function<void(const ledger::OpeningResult&)> opened);
    void add(std::vector<ledger::AttemptSettlement> settlements);
    bool flush(Milliseconds patience);
    void close();
    [[nodiscard]] ledger::StoreState state() const;

    /// For the writer: waits until there is something to write, or until `housekeeping`. The group may be empty.
    Group take(SteadyTime housekeeping);
    /// For the writer: what became of the group it took. \param results of its openings, by position.
    void done(Group group, const std::vector<ledger::OpeningResult>& results, bool kept);
    /// For the writer: whether it is time to stop, because it is closed and everything is written or will not be.
    [[nodiscard]] bool is_over() const;
    /// For the writer, at its end: answers who still waits, and drops the rest.
    void abandon();

private:
    std::vector<ledger::AttemptSettlement> drop_oldest();
    void expire(const std::stop_token& stop);

    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable for_writer_;
    std::condition_variable for_flush_;
    std::condition_variable_any for_expiry_;
    std::deque<std::shared_ptr<WaitingOpening>> openings_;
    std::deque<std::shared_ptr<WaitingOpening>> unanswered_;  ///< By deadline; some are answered already.
    std::deque<Entry> entries_;
    SteadyTime entries_due_{};
    std::size_t entries_taken_ = 0;  ///< By the writer, with its current group.
    // How many were ever handed over, and how many are through: kept, answered or dropped. Both are in order.
    std::uint64_t openings_in_ = 0;
    std::uint64_t openings_out_ = 0;
    std::uint64_t entries_in_ = 0;
    std::uint64_t entries_out_ = 0;
    std::uint64_t dropped_ = 0;
    bool available_ = true;
    bool closed_ = false;
    SteadyTime closed_at_{};
    std::jthread expiry_;  ///< Last: it ends before what it uses.
};

}  // namespace tierway::store
