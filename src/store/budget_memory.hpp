#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/calendar_window.hpp"
#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/ledger/store.hpp"

namespace tierway::store {

/// The largest amount that a Redis server's scripts count exactly: their numbers are doubles. Nine million dollars.
inline constexpr Usd kRedisUsdMax = Usd::from_nano((std::int64_t{1} << 53U) - 1);

/// A budget's window among the server's keys: scope, and beginning of the window in milliseconds.
std::string budget_name(std::string_view scope, WallTime begin);

/// A budget's window as the server told it.
struct ServerBudget {
    std::string name;
    Usd settled;
    Usd reserved;
    Usd others;              ///< Held back in the slices of other replicas.
    Usd slice;               ///< In our own.
    Usd own;                 ///< What our record charged.
    std::int64_t version = 0;  ///< Counts its changes within an epoch.
    std::map<std::string, Usd> shares;  ///< What each record charged, where that was asked for.
};

/// A part of a window that an attempt is reserved in.
struct AttemptBudget {
    std::string name;
    WallTime end;
    bool hard = true;
};

/// What one replica knows of the windows that it spends in: as the server last told it, and the slices, small amounts of hard
/// budgets that the server holds back for it, so that it can go on for a while without the server and nobody overspends. Pure;
/// not thread-safe. Bounded by the budgets of the configuration: `drop_old` forgets windows that are over.
class BudgetMemory {
public:
    /// \param share of what a hard budget has left that is wished as a slice, 0..1.
    BudgetMemory(std::string record, double share) : record_(std::move(record)), share_(share) {}

    /// Notes that an attempt is about to spend in these budgets. \returns each of them once.
    std::vector<AttemptBudget> meet(const ledger::AttemptOpening& opening, SteadyTime now);
    void learn(const ServerBudget& told);
    /// What our own record charged, as a file knows it from before.
    void learn_own(std::string_view scope, WindowSpan span, Usd own);
    /// The server counts its changes anew.
    void begin_epoch();
    void drop_old(WallTime now);

    /// Windows that something was reserved or charged in, and that are not over.
    [[nodiscard]] std::vector<ledger::BudgetState> states(WallTime now) const;
    /// What is settled, reserved and spent out of slices in a window, or held back for others; zero when it is not known.
    [[nodiscard]] Usd taken(const std::string& name) const;
    /// What each record charged in each window, as far as it is known.
    [[nodiscard]] std::vector<std::pair<AttemptBudget, std::map<std::string, Usd>>> shares() const;
    /// Windows that this replica spent in since `since`.
    [[nodiscard]] std::vector<AttemptBudget> used_since(SteadyTime since) const;

    // Slices.

    /// What the server should hold back for us.
    struct SliceWish {
        std::string name;
        WallTime end;
        Usd limit;
        Usd amount;
    };
    static constexpr std::size_t kWishesMax = 256;
    /// A budget that nobody spends in for so long needs no slice.
    static constexpr std::chrono::seconds kActive{60};

    /// What the slices should be now. Those that shrink do so at once, here; those that grow do when the server has agreed.
    std::vector<SliceWish> wishes(WallTime wall_now, SteadyTime now);
    /// What the slices are; for a server that lost its data.
    [[nodiscard]] std::vector<SliceWish> held() const;
    /// The server agreed to a slice. \param generation of when it was wished: what was given up since is not taken back by that.
    void hold(const std::string& name, Usd amount, unsigned generation);
    [[nodiscard]] unsigned generation() const noexcept { return generation_; }
    /// The server holds nothing back for us any more.
    void lose_slices();
    /// Pays an attempt's estimate out of the slices of all its hard budgets, or of none.
    bool spend(const std::vector<AttemptBudget>& budgets, Usd estimate);
    /// The server counts an attempt itself now that was paid out of slices.
    void account(const std::vector<AttemptBudget>& budgets, Usd estimate);
    /// Gives the slices of these budgets up for an opening that would not fit otherwise. \returns false when some of it is spent.
    bool give_up(const std::vector<AttemptBudget>& budgets);
    /// The sum of all slices, and what of it is spent.
    [[nodiscard]] Usd slices_held() const;
    [[nodiscard]] Usd slices_spent() const;

private:
    struct Budget {
        std::string scope;
        WindowSpan span;
        Usd limit;
        bool hard = true;
        SteadyTime used{};
        bool told = false;     ///< The server said how it stands.
        bool touched = false;  ///< Something was reserved or charged in it.
        Usd settled;
        Usd reserved;
        Usd others;
        std::int64_t version = -1;
        std::map<std::string, Usd> shares;
        Usd slice;
        Usd spent;
    };

    std::string record_;
    double share_;
    unsigned generation_ = 0;
    std::map<std::string, Budget, std::less<>> budgets_;  ///< By name.
};

}  // namespace tierway::store
