#pragma once

#include <functional>
#include <vector>

#include "tierway/ledger/store.hpp"

namespace tierway::ledger {

/// Two stores as one: `counters`, which several replicas share, says whether an attempt may be sent; `record`, which is this
/// replica's own, keeps every attempt for reports and counts what this replica alone spent, refusing nothing. An attempt whose
/// opening the record cannot keep is not granted. Thread-safe.
class RecordingStore final : public Store {
public:
    /// Both must outlive it.
    RecordingStore(Store& counters, Store& record) noexcept : counters_(counters), record_(record) {}

    void open(AttemptOpening opening, std::function<void(const OpeningResult&)> opened) override;
    /// Recorded first: what the counters miss, the record can make up for.
    void settle(std::vector<AttemptSettlement> settlements) override;
    [[nodiscard]] std::vector<BudgetState> budgets(WallTime now) const override { return counters_.budgets(now); }
    [[nodiscard]] StoreState state() const override;
    bool flush(Milliseconds patience) override;
    void close() override;

private:
    Store& counters_;
    Store& record_;
};

}  // namespace tierway::ledger
