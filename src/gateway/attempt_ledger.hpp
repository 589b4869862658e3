#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/ledger/store.hpp"
#include "tierway/net/task.hpp"
#include "tierway/net/worker.hpp"

namespace tierway::gateway {

/// One request's attempts in the store of spending: leave before each is sent, its charge once the request is over. Exactly one
/// charge follows each leave: what ends without saying what it cost (an exception, a connection that is torn down with its
/// worker) is charged its estimate, because nobody knows better. Belongs to the request's worker; the store must outlive it.
class AttemptLedger {
public:
    /// \param store null: nothing is kept, and everything is allowed.
    AttemptLedger(ledger::Store* store, net::Worker& worker) noexcept : store_(store), worker_(worker) {}
    ~AttemptLedger();
    AttemptLedger(const AttemptLedger&) = delete;
    AttemptLedger& operator=(const AttemptLedger&) = delete;

    [[nodiscard]] bool keeps() const noexcept { return store_ != nullptr; }

    /// Null: nothing is kept.
    [[nodiscard]] ledger::Store* store() const noexcept { return store_; }

    /// Asks for leave. With a hard budget among the claims it waits for the store's word, for `wait_max` at most; without one
    /// nobody waits for a disk.
    /// Errors: BudgetExceeded "budget_exceeded", or "request_exceeds_budget" when it would not even fit an unused budget;
    /// Overloaded "ledger_unavailable" when the store does not say.
    net::Task<Result<void>> open(ledger::AttemptOpening opening, Milliseconds wait_max);
    /// Gives back what was opened last: it is not sent after all. REQUIRES: something is open.
    void release_newest();
    /// What another one has open becomes this one's to charge. REQUIRES: both ask the same store.
    void take_over(AttemptLedger& other);
    /// Charges attempts that were opened.
    void settle(std::vector<ledger::AttemptSettlement> settlements);

    /// The least that a hard budget of the last opened attempt has left; empty when none was asked.
    [[nodiscard]] std::optional<Usd> left() const noexcept { return left_; }
    /// When the budget that refused begins anew.
    [[nodiscard]] std::optional<WallTime> resets_at() const noexcept { return resets_at_; }

private:
    struct Open {
        std::string attempt;
        Usd estimate;  ///< What it is charged if nobody says what it cost.
        /// Of an attempt that was sent without waiting for leave: the store may hear of its end first, or have been unable to
        /// record its beginning.
        std::optional<ledger::AttemptOpening> late;
    };

    net::Task<std::optional<ledger::OpeningResult>> ask(ledger::AttemptOpening opening, Milliseconds wait_max);
    Error refuse(const ledger::BudgetClaim& budget, Usd left, Usd estimate);

    ledger::Store* store_;
    net::Worker& worker_;
    std::vector<Open> open_;
    std::optional<Usd> left_;
    std::optional<WallTime> resets_at_;
};

}  // namespace tierway::gateway
