#pragma once

#include <map>
#include <string>

#include "tierway/base/time.hpp"
#include "tierway/ledger/store.hpp"
#include "tierway/telemetry/metrics.hpp"

namespace tierway::gateway {

/// Shows what each budget may spend and has left: called before a scrape, so that requests need not. A budget is shown from its first spending
/// on, and as unspent once its window is over. Not thread-safe.
class BudgetGauges {
public:
    /// Both must outlive it.
    BudgetGauges(const ledger::Store& store, telemetry::Metrics& metrics) noexcept : store_(store), metrics_(metrics) {}

    void refresh(WallTime now);

private:
    struct Shown {
        prometheus::Gauge* limit = nullptr;
        prometheus::Gauge* left = nullptr;
    };

    const ledger::Store& store_;
    telemetry::Metrics& metrics_;
    std::map<std::string, Shown> shown_;  ///< By the budget's name in the ledger.
};

}  // namespace tierway::gateway
