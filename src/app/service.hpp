#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/memory_watch.hpp"
#include "app/open_store.hpp"
#include "tierway/admin/admin.hpp"
#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/gateway/budget_gauges.hpp"
#include "tierway/gateway/gateway.hpp"
#include "tierway/net/server.hpp"
#include "tierway/telemetry/decision_log.hpp"
#include "tierway/telemetry/metrics.hpp"
#include "tierway/tracing/exporter.hpp"

namespace tierway::app {

/// The wired process: workers with their gateways, the data plane, the admin plane. Life cycle: construct, `start`, any number of
/// `reload`s, `drain`, destroy. Used from one thread, the main one.
class Service {
public:
    explicit Service(config::SnapshotPtr snapshot);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Binds both planes and begins to serve. Errors: Internal, with what to do.
    Result<void> start();
    /// Serves new requests by another snapshot; listening addresses, workers and log destination keep their first settings.
    Result<void> reload(config::SnapshotPtr snapshot);
    /// Goes on in the files that now have the names of its logs: the old ones were rotated away.
    void reopen_logs();
    /// Counts a reload that failed before a snapshot existed.
    void count_failed_reload();
    /// Says that it is not ready, goes on accepting for the configured delay, lets live requests finish for the configured time,
    /// tells the rest that their time is over, and ends. The admin plane answers to the last.
    /// \param hurried waits for up to so long and says whether to end at once.
    void drain(const std::function<bool(Milliseconds)>& hurried);

    /// Whether the configuration file is to be reloaded when it changes (`server.watch`).
    [[nodiscard]] bool watches_configuration() const noexcept { return snapshot_->server.watch; }
    /// "host:port" with the port that was bound.
    [[nodiscard]] const std::string& listen_address() const noexcept { return listen_address_; }
    [[nodiscard]] const std::string& admin_address() const noexcept { return admin_address_; }

private:
    [[nodiscard]] gateway::RuntimeHandle runtime() const;
    void adopt(gateway::RuntimeHandle runtime);
    void refresh_metrics();
    void follow_memory(gateway::MemoryPressure pressure);
    void count_reload(bool successful);
    void show_counters_from_zero();

    config::SnapshotPtr snapshot_;
    mutable std::mutex runtime_mutex_;  ///< The admin plane asks for the runtime while the main thread may replace it.
    gateway::RuntimeHandle runtime_;
    gateway::LoadLimiter load_;
    telemetry::Metrics metrics_;
    std::unique_ptr<SpendingStore> store_;
    std::string ledger_file_;  ///< Empty: there is none to report from.
    std::unique_ptr<gateway::BudgetGauges> budget_gauges_;
    telemetry::DecisionLog decisions_;
    telemetry::LineLog audit_;
    telemetry::LineLog shadow_rows_;
    tracing::Exporter traces_;
    std::atomic<bool> ready_{false};
    std::vector<std::unique_ptr<gateway::Gateway>> gateways_;
    std::unique_ptr<admin::TrafficWatch> traffic_;
    std::unique_ptr<admin::Admin> admin_;
    std::vector<std::unique_ptr<net::Worker>> workers_;
    std::unique_ptr<net::Worker> admin_worker_;
    std::unique_ptr<net::Worker> report_worker_;  ///< Reads the ledger for reports, which may take seconds.
    std::unique_ptr<net::Server> data_plane_;
    std::unique_ptr<net::Server> admin_plane_;
    std::unique_ptr<MemoryWatch> memory_watch_;
    std::string listen_address_;
    std::string admin_address_;
    config::Endpoint listening_;  ///< Of the data plane; a reload does not change it.
};

}  // namespace tierway::app
