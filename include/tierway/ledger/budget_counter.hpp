#pragma once

#include <cstddef>
#include <vector>

#include "tierway/ledger/store.hpp"

namespace tierway::ledger {

/// Amounts below zero would create room: they count as zero.
constexpr Usd not_negative(Usd amount) noexcept {
    return amount < Usd() ? Usd() : amount;
}

/// What one window of a budget holds.
struct BudgetCounter {
    Usd settled;
    Usd reserved;

    void reserve(Usd estimate) noexcept { reserved += estimate; }
    /// Takes an estimate back and charges what it came to.
    void settle(Usd estimate, Usd cost) noexcept {
        // Below zero only after sums too large to hold.
        reserved = not_negative(reserved - estimate);
        settled += cost;
    }
    /// Replaces a cost that was only assumed.
    void correct(Usd assumed, Usd cost) noexcept { settled = not_negative(settled - assumed) + cost; }
};

/// Whether the opening's budget at `position` is one of those before it, so that it is not counted again.
bool is_repeated(const AttemptOpening& opening, std::size_t position) noexcept;

/// The rule of every store: whether the opening may be reserved, and what is left in each budget then. Pure.
/// \param counters as they stand, by position of the opening's budgets. REQUIRES: as many as it has budgets.
OpeningResult judge(const AttemptOpening& opening, const std::vector<BudgetCounter>& counters);

}  // namespace tierway::ledger
