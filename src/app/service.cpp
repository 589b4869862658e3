#include "app/service.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "app/spend_query.hpp"
#include "app/spend_text.hpp"
#include "tierway/gateway/economics_gauges.hpp"
#include "tierway/gateway/explain.hpp"
#include "tierway/gateway/key_limits.hpp"
#include "tierway/gateway/model_health.hpp"
#include "tierway/gateway/policy_outline.hpp"
#include "tierway/gateway/quality_gauges.hpp"
#include "tierway/gateway/store_gauges.hpp"
#include "tierway/net/drain.hpp"
#include "tierway/telemetry/log.hpp"

namespace tierway::app {
namespace {

/// How often the end is looked at while it is awaited.
constexpr Milliseconds kDrainStep{10};
/// How long the store of spending may take to keep what was spent, at the end. Its answers go to workers that must still be
/// there.
constexpr Milliseconds kFlushTime{5'000};
/// Of a question to the admin plane.
constexpr std::size_t kAdminBodyBytesMax = std::size_t{1} << 20U;
/// Probes, scrapes and a few people. Each may make us hold such a body before it has shown its token.
constexpr unsigned kAdminConnectionsMax = 256;

/// How long the export of the last spans may take, which no drain may be longer for than its last words are.
constexpr Milliseconds kExportTime{2'000};

Milliseconds export_time(SteadyTime drained_by) {
    const auto left = std::chrono::duration_cast<Milliseconds>(drained_by + kExportTime - std::chrono::steady_clock::now());
    return std::clamp(left, Milliseconds(0), kExportTime);
}

std::size_t worker_count(const config::Server& server) {
    return server.workers > 0 ? server.workers : std::max(1U, std::thread::hardware_concurrency());
}

net::ServerLimits limits_of(const config::Server& server) {
    net::ServerLimits limits;
    limits.body_bytes_max = server.body_bytes_max;
    limits.connections_max = server.connections_max;
    limits.header_timeout = server.header_timeout;
    limits.body_timeout = server.body_timeout;
    limits.keep_alive_timeout = server.keep_alive_timeout;
    limits.write_timeout = server.write_timeout;
    return limits;
}

gateway::LoadLimits load_limits_of(const config::Server& server) {
    return {.in_flight_max = server.in_flight_max, .memory_bytes_max = server.memory_bytes_max};
}

Result<std::string> spend_answer(const std::string& ledger_file, const std::string& target) {
    if (ledger_file.empty()) {
        return Error::downstream(ErrorKind::InvalidRequest, "no_ledger",
                                 "There is no ledger: write `store: {sqlite: \"tierway.db\"}` in the configuration.");
    }
    const auto query = read_spend_target(target, std::chrono::system_clock::now());
    if (!query) {
        return query.error();
    }
    auto reader = store::LedgerReader::at(ledger_file);
    if (!reader) {
        return reader.error();
    }
    const auto rows = reader->totals(*query);
    if (!rows) {
        return rows.error();
    }
    return spend_json(*query, *rows);
}

std::string address(const std::string& host, std::uint16_t port) {
    return (host.find(':') == std::string::npos ? host : '[' + host + ']') + ':' + std::to_string(port);
}

}  // namespace

Service::Service(config::SnapshotPtr snapshot)
    : snapshot_(std::move(snapshot)),
      load_(load_limits_of(snapshot_->server)),
      decisions_(snapshot_->log.decisions, snapshot_->admin.decisions_kept, worker_count(snapshot_->server)),
      audit_(snapshot_->log.audit),
      shadow_rows_(snapshot_->shadow && !snapshot_->shadow->file.empty() ? snapshot_->shadow->file : "off",
                   telemetry::LineLog::Readers::Owner),
      traces_(metrics_, TIERWAY_VERSION) {}

Service::~Service() {
    for (const auto& worker : workers_) {
        worker->stop();
    }
    if (report_worker_) {
        report_worker_->stop();
    }
    if (admin_worker_) {
        admin_worker_->stop();
    }
    if (store_) {
        store_->leave_workers();
    }
    if (store_ && !store_->shared().flush(kFlushTime)) {
        telemetry::log_warning("The record of spending could not be kept to its end.");
    }
    // The watches are in the admin worker's sweep; the servers and workers refer to the handlers: they go first.
    memory_watch_.reset();
    traffic_.reset();
    data_plane_.reset();
    admin_plane_.reset();
    workers_.clear();
    admin_worker_.reset();
}

Result<void> Service::start() {
    auto runtime = gateway::make_runtime(snapshot_);
    if (!runtime) {
        return runtime.error();
    }
    if (auto traced = traces_.adopt(snapshot_->tracing); !traced) {
        return traced.error();
    }
    auto store = open_store(snapshot_->store);
    if (!store) {
        return store.error();
    }
    store_ = std::move(*store);
    show_counters_from_zero();
    ledger_file_ = snapshot_->store.sqlite_file;
    budget_gauges_ = std::make_unique<gateway::BudgetGauges>(store_->shared(), metrics_);
    std::vector<net::ServingWorker> serving;
    for (std::size_t i = 0; i < worker_count(snapshot_->server); ++i) {
        workers_.push_back(std::make_unique<net::Worker>());
        const WorkersDesk desk = store_->desk_of(*workers_.back());
        gateways_.push_back(
            std::make_unique<gateway::Gateway>(*runtime, load_, desk.store, desk.rates, metrics_, decisions_, audit_,
                                               shadow_rows_, traces_.queue(), i));
        serving.push_back({workers_.back().get(), gateways_.back().get()});
    }
    adopt(*runtime);
    admin::AdminSources sources;
    sources.refresh_metrics = [this] { refresh_metrics(); };
    sources.models_json = [this] { return gateway::model_health_json(this->runtime()); };
    sources.limits_json = [this] { return gateway::key_limits_json(this->runtime()); };
    sources.spend_json = [this](std::string target, std::function<void(Result<std::string>)> answer) {
        report_worker_->post([file = ledger_file_, target = std::move(target), answer = std::move(answer)] {
            answer(spend_answer(file, target));
        });
    };
    report_worker_ = std::make_unique<net::Worker>();
    sources.policy_json = [this] { return gateway::policy_outline_json(this->runtime(), TIERWAY_VERSION); };
    sources.explain_json = [this](std::string_view question) { return gateway::explain_json(this->runtime(), question); };
    admin_worker_ = std::make_unique<net::Worker>();
    traffic_ = std::make_unique<admin::TrafficWatch>(metrics_);
    admin_worker_->sweep().add(*traffic_);
    admin_ = std::make_unique<admin::Admin>(metrics_, decisions_, *traffic_, ready_, snapshot_->admin.token, std::move(sources));
    data_plane_ = std::make_unique<net::Server>(
        std::move(serving), limits_of(snapshot_->server),
        [&turned_away = metrics_.overload.Add({{"reason", "connections"}})] { turned_away.Increment(); });
    net::ServerLimits admin_limits;
    admin_limits.body_bytes_max = kAdminBodyBytesMax;
    admin_limits.connections_max = kAdminConnectionsMax;
    admin_plane_ =
        std::make_unique<net::Server>(std::vector<net::ServingWorker>{{admin_worker_.get(), admin_.get()}}, admin_limits);

    memory_watch_ = std::make_unique<MemoryWatch>(load_, [this](gateway::MemoryPressure pressure) { follow_memory(pressure); });
    admin_worker_->sweep().add(*memory_watch_);

    auto data_port = data_plane_->listen(snapshot_->server.listen.host, snapshot_->server.listen.port);
    if (!data_port) {
        return data_port.error();
    }
    auto admin_port = admin_plane_->listen(snapshot_->admin.listen.host, snapshot_->admin.listen.port);
    if (!admin_port) {
        return admin_port.error();
    }
    listening_ = snapshot_->server.listen;
    listen_address_ = address(snapshot_->server.listen.host, *data_port);
    admin_address_ = address(snapshot_->admin.listen.host, *admin_port);
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        workers_[i]->start("tierway-" + std::to_string(i));
    }
    admin_worker_->start("tierway-admin");
    report_worker_->start("tierway-report");
    ready_.store(true);
    return {};
}

Result<void> Service::reload(config::SnapshotPtr snapshot) {
    if (!snapshot->may_listen_at(listening_)) {
        count_failed_reload();
        return Error::internal("The process listens to other machines at " + listen_address_ +
                               ", and the new configuration has no `keys`. Add some, or restart.");
    }
    auto runtime = gateway::make_runtime(snapshot, this->runtime());
    if (!runtime) {
        count_failed_reload();
        return runtime.error();
    }
    if (auto traced = traces_.adopt(snapshot->tracing); !traced) {
        count_failed_reload();
        return traced.error();
    }
    snapshot_ = std::move(snapshot);
    load_.adopt(load_limits_of(snapshot_->server));
    adopt(*runtime);
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        workers_[i]->post([gateway = gateways_[i].get(), adopted = *runtime] { gateway->adopt(adopted); });
    }
    count_reload(true);
    return {};
}

gateway::RuntimeHandle Service::runtime() const {
    const std::lock_guard lock(runtime_mutex_);
    return runtime_;
}

void Service::adopt(gateway::RuntimeHandle runtime) {
    const std::lock_guard lock(runtime_mutex_);
    runtime_ = std::move(runtime);
}

void Service::refresh_metrics() {
    gateway::publish_model_health(runtime(), metrics_);
    gateway::publish_quality(runtime(), metrics_);
    gateway::publish_economics(runtime(), metrics_);
    budget_gauges_->refresh(std::chrono::system_clock::now());
    gateway::publish_store_state(store_->shared(), metrics_);
    metrics_.in_flight.Add({}).Set(load_.in_flight());
    metrics_.connections.Add({}).Set(data_plane_->live_connections());
    metrics_.resident.Add({}).Set(static_cast<double>(resident_bytes()));
}

void Service::follow_memory(gateway::MemoryPressure pressure) {
    using gateway::MemoryPressure;
    data_plane_->turn_away(pressure == MemoryPressure::Critical);
    if (pressure == MemoryPressure::None) {
        telemetry::log_info("Memory is below `server.memory_max` again; everything is taken on.");
    } else {
        telemetry::log_warning(std::string("Memory is near `server.memory_max`: new requests ") +
                               (pressure == MemoryPressure::Critical ? "and connections " : "") + "are refused.");
    }
}

void Service::reopen_logs() {
    decisions_.reopen();
    audit_.reopen();
    shadow_rows_.reopen();
}

void Service::count_failed_reload() {
    count_reload(false);
}

void Service::count_reload(bool successful) {
    metrics_.config_reloads.Add({{"result", successful ? "success" : "failure"}}).Increment();
    metrics_.config_reload_successful.Add({}).Set(successful ? 1.0 : 0.0);
}

void Service::show_counters_from_zero() {
    // A series that is first seen with its first event looks to Prometheus as if nothing had happened: these are alerted on.
    metrics_.config_reloads.Add({{"result", "success"}});
    metrics_.config_reloads.Add({{"result", "failure"}});
    metrics_.config_reload_successful.Add({}).Set(1.0);
    for (const gateway::Overload reason : {gateway::Overload::InFlight, gateway::Overload::Memory}) {
        metrics_.overload.Add({{"reason", std::string(gateway::name_of(reason))}});
    }
}

void Service::drain(const std::function<bool(Milliseconds)>& hurried) {
    ready_.store(false);
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        workers_[i]->post([gateway = gateways_[i].get()] { gateway->stop_shadows(); });
    }
    const SteadyTime began = std::chrono::steady_clock::now();
    const net::DrainSchedule schedule(began, snapshot_->server.drain_delay, snapshot_->server.drain_timeout);
    bool in_haste = false;
    while (!in_haste) {
        const SteadyTime now = std::chrono::steady_clock::now();
        data_plane_->enter(schedule.phase(now));
        if (schedule.over(now, data_plane_->live_connections())) {
            break;
        }
        in_haste = hurried(kDrainStep);
    }
    if (const unsigned cut = data_plane_->live_connections(); cut > 0) {
        telemetry::log_warning(std::to_string(cut) + " connections were still open at the end and are cut.");
    }
    decisions_.flush();
    audit_.flush();
    shadow_rows_.flush();
    traces_.finish(in_haste ? Milliseconds(0) : export_time(began + snapshot_->server.drain_timeout));
    admin_plane_->enter(net::ServerPhase::Closed);
}

}  // namespace tierway::app
