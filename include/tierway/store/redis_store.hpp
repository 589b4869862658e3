#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tierway/base/time.hpp"
#include "tierway/ledger/store.hpp"
#include "tierway/store/redis_client.hpp"

namespace tierway::store {

struct RedisStoreSettings {
    /// Of every key, with a hash tag so that a cluster keeps them in one slot.
    std::string key_prefix = "{tierway}:";
    /// The longest that an opening waits for the server's word; then it is paid out of slices, or Unavailable.
    Milliseconds open_timeout{150};
    /// How long this replica counts as alive after it last said so. Then its attempts are charged with their estimates until their
    /// settlements arrive. So long, too, may slices be spent while the server is away.
    Milliseconds lease{60'000};
    /// The share of what a hard budget has left that the server holds back for this replica, to be spent while it is away, 0..1.
    double slice = 0.01;
    /// After the server lost its data: how long all replicas may take to state what they remember, before it is trusted again.
    Milliseconds rebuild{3'000};
    /// Settlements that are kept while they cannot be sent; beyond that the oldest are dropped, which is logged and counted.
    std::size_t settlements_max = 100'000;
    /// Whose spending this is, unlike that of any other replica; with it, `own_spending` is found again after a restart. Empty:
    /// one is drawn, and what was spent is remembered for the life of the process.
    std::string record;
    /// What this record charged in windows that are not over, as its own file knows it.
    std::vector<ledger::BudgetState> own_spending;
    /// What windows go by; leases go by the server's clock.
    std::function<WallTime()> now = [] { return std::chrono::system_clock::now(); };
};

/// The counters of several replicas in one Redis server (RELIABILITY.md section 5.4): no budget is overshot between them, and what
/// a dead replica left is charged with its estimates when its lease has ended. Keeps no attempts for reports; see `RecordingStore`.
/// Attempts without budgets are granted without it. While the server is away or rebuilds its counters, hard budgets are spent
/// from the slices that it holds back for this replica, soft ones without bound; settlements wait. When it lost its data, all
/// replicas state again what they remember. Has a thread of its own; `desk` gives each worker its own connection for openings.
/// Thread-safe.
class RedisStore final : public ledger::Store {
public:
    /// Begins to connect; does not wait for it.
    RedisStore(std::shared_ptr<const RedisServer> server, RedisStoreSettings settings);
    ~RedisStore() override;
    RedisStore(const RedisStore&) = delete;
    RedisStore& operator=(const RedisStore&) = delete;

    /// The same store for a worker's own thread: openings go over the worker's connection. \param client belongs to that worker and
    /// outlives the desk's openings; the desk must end before the store. Openings on the worker's thread only.
    std::unique_ptr<ledger::Store> desk(RedisClient& client);

    void open(ledger::AttemptOpening opening, std::function<void(const ledger::OpeningResult&)> opened) override;
    void settle(std::vector<ledger::AttemptSettlement> settlements) override;
    [[nodiscard]] std::vector<ledger::BudgetState> budgets(WallTime now) const override;
    [[nodiscard]] ledger::StoreState state() const override;
    bool flush(Milliseconds patience) override;
    void close() override;

private:
    class Keeper;
    std::unique_ptr<Keeper> keeper_;
};

}  // namespace tierway::store
