#pragma once

#include <string_view>
#include <vector>

#include "tierway/base/time.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/ledger/store.hpp"

namespace tierway::ledger {

/// Who spends, and for what.
struct Spender {
    std::string_view principal;
    std::string_view team;  ///< Empty: of no team.
    std::string_view request_class;
};

/// The budgets that an attempt counts against, in the order of the configuration. A budget with a name takes the place of the
/// nameless one of the same scope, window and kind for whom it names, so that one key can be given more than the rest. Each claim
/// is named after what it counts, "key:checkout-agent/day", so that a changed limit finds what is already spent; soft ones and
/// other time zones are counters of their own. Pure.
std::vector<BudgetClaim> claims_of(const std::vector<config::Budget>& budgets, const Spender& spender, WallTime now);

/// A claim's name in its parts. Views into it.
struct CounterName {
    std::string_view scope;   ///< "key"
    std::string_view name;    ///< "checkout-agent"
    std::string_view window;  ///< "day", or "day@Europe/Berlin"
    bool hard = true;
};

/// \param name as `claims_of` makes them; parts that are missing are empty.
CounterName read_counter_name(std::string_view name) noexcept;

}  // namespace tierway::ledger
