#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/calendar_window.hpp"
#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/dialect/token_usage.hpp"
#include "tierway/ledger/bill.hpp"

namespace tierway::ledger {

/// One budget as an attempt meets it: what its scope may spend within one window.
struct BudgetClaim {
    std::string scope;  ///< Stable name of scope and window: "key:checkout-agent/day". Twice in an opening counts once.
    WindowSpan span;    ///< Spending is counted for each scope and beginning of a window.
    Usd limit;
    bool hard = true;  ///< Soft budgets are counted like hard ones and refuse nothing.
};

/// An attempt that is about to be sent.
struct AttemptOpening {
    std::string attempt;  ///< "<request id>.<ordinal>": unique for ever, so that everything done by it is idempotent.
    WallTime at{};
    std::string principal;
    std::string team;
    std::string request_class;
    std::string tier;
    std::string model;
    std::string prices;  ///< The version of the prices it is billed by (the policy's hash).
    Usd estimate;        ///< Reserved in every budget, all or nothing. Below zero counts as zero.
    std::vector<BudgetClaim> budgets;
};

/// What became of it.
struct OpeningResult {
    enum class Kind : std::uint8_t {
        Granted,      ///< Reserved in every budget, and on record where the store keeps records.
        OverBudget,   ///< Nothing was reserved and nothing recorded.
        Unavailable,  ///< The store cannot say; nothing stays reserved. See `AttemptSettlement::late`.
    };
    Kind kind = Kind::Granted;
    std::size_t budget = 0;  ///< OverBudget: the position of the first hard one without room.
    /// Of each budget, by position: limit less settled less reserved, after this opening; may be negative. Empty when
    /// Unavailable.
    std::vector<Usd> left;
};

/// How an attempt ended.
struct AttemptSettlement {
    std::string attempt;
    Purpose purpose = Purpose::Answer;
    UsageSource source = UsageSource::None;
    dialect::TokenUsage usage;
    /// Charged in the budgets that the attempt was opened with, in place of its estimate; may exceed it. Below zero counts as
    /// zero.
    Usd cost;
    Usd baseline;         ///< What the answer would have cost on the frontier; zero unless the purpose is Answer.
    std::string outcome;  ///< "ok", or the error's code.
    /// The opening of an attempt that was sent although it was Unavailable: it is recorded and charged with this settlement,
    /// whatever room there is. Empty for an attempt that was granted.
    std::optional<AttemptOpening> late = std::nullopt;
};

/// What a store knows of a budget's window.
struct BudgetState {
    std::string scope;
    WindowSpan span;
    Usd limit;  ///< As the last opening stated it.
    Usd settled;
    Usd reserved;
};

/// How a store fares, for metrics and readiness.
struct StoreState {
    bool available = true;                  ///< Whether its last attempt to keep something succeeded.
    std::size_t settlements_waiting = 0;    ///< Not yet charged.
    std::uint64_t settlements_dropped = 0;  ///< Lost for want of room while the store was unavailable; each was logged.
    std::uint64_t crashed = 0;              ///< Attempts of processes that died, which this one settled at their estimate.
    // Of a store that replicas share; zero elsewhere.
    std::uint64_t connections = 0;  ///< How often the server was connected to.
    std::uint64_t rebuilds = 0;     ///< How often its counters were made anew from what replicas remembered.
    Usd slices = {};                ///< Held back for this process, to be spent while the server is away.
    Usd slices_spent = {};          ///< Of it, what the server does not know yet.
};

/// Keeps what was spent and what is reserved. By a reservation, settled + reserved of a hard budget never exceeds its limit,
/// however many threads, processes and replicas ask; an estimate of zero always has room. A settlement above its estimate is
/// charged in full all the same. Thread-safe. Nothing here throws; nothing but `flush` and `close` waits.
class Store {
public:
    virtual ~Store() = default;

    /// Asks for leave, and records the attempt. Opening one that is on record already reserves nothing and is granted.
    /// \param opened called exactly once, from any thread, possibly before `open` returns; must neither throw nor wait. It may
    /// call
    ///        `open` and `settle`.
    virtual void open(AttemptOpening opening, std::function<void(const OpeningResult&)> opened) = 0;

    /// Charges attempts that were opened; never blocks. Settling an attempt twice charges it once; settling one that was neither
    /// opened nor comes with its late opening charges nothing. An attempt that was taken for crashed is corrected by the
    /// settlement that arrives after all. A shared store may hear of an end, and have its room free, a moment later.
    virtual void settle(std::vector<AttemptSettlement> settlements) = 0;

    /// The windows in which this process reserved or charged something and that are not over at `now`, as last seen: other
    /// processes may have spent since.
    [[nodiscard]] virtual std::vector<BudgetState> budgets(WallTime now) const = 0;
    [[nodiscard]] virtual StoreState state() const = 0;

    /// Waits until all that was handed over before is kept. \returns false when it was not within `patience`.
    virtual bool flush(Milliseconds patience) = 0;
    /// Ends it in good order: keeps what was handed over, as far as that is possible within a few seconds. Afterwards every
    /// opening is Unavailable and settlements are dropped. The destructor does it too.
    virtual void close() = 0;
};

}  // namespace tierway::ledger
