#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/ledger/shared_rates.hpp"
#include "tierway/ledger/store.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/store/redis_client.hpp"

namespace tierway::app {

/// How one worker reaches what is kept.
struct WorkersDesk {
    ledger::Store& store;
    ledger::SharedRates* rates;  ///< The rate limits that replicas share; null when there are none.
};

/// Where spending is kept, and how each worker reaches it. Life cycle: `open_store`, `desk_of` each worker before it runs,
/// `leave_workers` when they have ended, destroy after them.
class SpendingStore {
public:
    virtual ~SpendingStore() = default;

    /// For everybody; thread-safe.
    [[nodiscard]] virtual ledger::Store& shared() noexcept = 0;
    /// For what runs on that worker.
    virtual WorkersDesk desk_of(net::Worker& worker) = 0;
    /// Closes the connections that workers have. Settlements are kept on.
    virtual void leave_workers() = 0;
};

/// Opens the store that the configuration names. Blocks: for start-up, but not for Redis, without which the process serves, too.
/// Errors: Internal, a sentence for the operator.
Result<std::unique_ptr<SpendingStore>> open_store(const config::Store& settings);

}  // namespace tierway::app
