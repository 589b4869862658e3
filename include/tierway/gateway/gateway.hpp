#pragma once

#include <memory>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/gateway/load_limiter.hpp"
#include "tierway/ledger/shared_rates.hpp"
#include "tierway/ledger/store.hpp"
#include "tierway/net/exchange.hpp"
#include "tierway/telemetry/decision_log.hpp"
#include "tierway/telemetry/line_log.hpp"
#include "tierway/telemetry/metrics.hpp"
#include "tierway/telemetry/span_queue.hpp"

namespace tierway::gateway {

class Runtime;

/// What every worker's gateway serves with, made once from a snapshot. Immutable and shared.
using RuntimeHandle = std::shared_ptr<const Runtime>;

/// Prepares a snapshot for serving. \param previous what served before a reload, whose knowledge of the models' health and the
/// keys' quotas and rates is kept. Errors: Internal, when a provider's trust anchors cannot be loaded.
Result<RuntimeHandle> make_runtime(config::SnapshotPtr snapshot, const RuntimeHandle& previous = nullptr);

/// The data plane of one worker: the nine phases of each request (DESIGN.md section 2). Belongs to its worker's thread.
class Gateway final : public net::Handler {
public:
    /// \param load         shared by all workers.
    /// \param store        where spending is kept, as this worker reaches it.
    /// \param shared_rates this worker's way to the rate limits that replicas share; null when there are none.
    /// \param audit        gets a line for every request to climb.
    /// \param shadow_rows  gets a line for every comparison in the background.
    /// \param spans        gets the spans of requests whose traces are recorded.
    /// \param worker_index which ring of `decisions` is this worker's.
    Gateway(RuntimeHandle runtime, LoadLimiter& load, ledger::Store& store, ledger::SharedRates* shared_rates,
            telemetry::Metrics& metrics, telemetry::DecisionLog& decisions, telemetry::LineLog& audit, telemetry::LineLog& shadow_rows,
            telemetry::SpanQueue& spans, std::size_t worker_index);
    ~Gateway() override;

    net::Task<> handle(net::Exchange& exchange) override;
    [[nodiscard]] std::optional<std::size_t> body_in_parts_max(std::string_view target) const override;

    /// Requests from now on are served by `runtime`; those under way finish on what they began with. On the worker's thread.
    void adopt(RuntimeHandle runtime);
    /// Ends what is under way in the background and begins no more, because the process drains. On the worker's thread.
    void stop_shadows();

private:
    struct State;
    class ScratchLease;

    std::unique_ptr<State> state_;
};

}  // namespace tierway::gateway
