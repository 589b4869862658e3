#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tierway/admin/traffic_watch.hpp"
#include "tierway/base/error.hpp"
#include "tierway/base/secret.hpp"
#include "tierway/net/exchange.hpp"
#include "tierway/telemetry/decision_log.hpp"
#include "tierway/telemetry/metrics.hpp"

namespace tierway::admin {

/// What the admin plane shows and does not hold itself.
struct AdminSources {
    std::function<void()> refresh_metrics;     ///< Sets the gauges that are only right when asked for.
    std::function<std::string()> models_json;  ///< The body of `/api/models`.
    std::function<std::string()> limits_json;  ///< The body of `/api/limits`.
    std::function<std::string()> policy_json;  ///< The body of `/api/policy`.
    /// Answers `/api/explain` at once; errors are the asker's. \param question the request's body.
    std::function<Result<std::string>(std::string_view question)> explain_json;
    /// Answers `/api/spend` with its body, from another thread: it may take seconds. \param target path and query.
    std::function<void(std::string target, std::function<void(Result<std::string>)> answer)> spend_json;
};

class Access;

/// The admin plane: `/healthz` (the process lives), `/readyz` (it takes requests), `/metrics` (Prometheus text), `/api/models` (the
/// health of each model), `/api/limits` (what the keys' rate limits have left), `/api/spend` (what was spent, from the ledger;
/// docs/money.md tells the query), `/api/decisions?last=N` (the newest decision records as a JSON array, newest first),
/// `/api/summary` (what was spent, saved and decided of late), `/api/policy` (tiers and classes), `/api/explain` (what would happen
/// to a request) and `/ui/`, the page that shows all of it. Runs on a worker of its own, so that no scrape slows a request.
class Admin final : public net::Handler {
public:
    /// \param ready false while starting and draining. All must outlive the handler.
    /// \param traffic in the sweep of the worker that this runs on.
    /// \param token what everything but the health pages asks for; empty only on loopback, where then nobody is asked.
    Admin(const telemetry::Metrics& metrics, const telemetry::DecisionLog& decisions, TrafficWatch& traffic,
          const std::atomic<bool>& ready, const Secret& token, AdminSources sources);
    ~Admin() override;

    net::Task<> handle(net::Exchange& exchange) override;

private:
    const telemetry::Metrics& metrics_;
    const telemetry::DecisionLog& decisions_;
    TrafficWatch& traffic_;
    const std::atomic<bool>& ready_;
    std::unique_ptr<const Access> access_;
    AdminSources sources_;
};

}  // namespace tierway::admin
