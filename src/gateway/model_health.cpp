#include "tierway/gateway/model_health.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "gateway/rate_levels_json.hpp"
#include "gateway/runtime.hpp"
#include "tierway/base/json_object_writer.hpp"

namespace tierway::gateway {
namespace {

double seconds_between(SteadyTime from, SteadyTime to) {
    return std::chrono::duration<double>(to - from).count();
}

double seconds_left(const std::optional<SteadyTime>& until, SteadyTime now) {
    return until ? std::max(0.0, seconds_between(now, *until)) : 0.0;
}

void publish_left(const std::string& model, std::string_view limit, const std::optional<RateLevel>& level,
                  telemetry::Metrics& metrics) {
    if (level) {
        metrics.upstream_limit_left.Add({{"model", model}, {"limit", std::string(limit)}})
            .Set(static_cast<double>(level->remaining));
    }
}

std::string tiers_of(const config::Snapshot& snapshot, config::ModelId model) {
    std::string names;
    for (const config::Tier& tier : snapshot.tiers) {
        if (std::find(tier.models.begin(), tier.models.end(), model) != tier.models.end()) {
            names.append(names.empty() ? "" : ", ").append(tier.name);
        }
    }
    return names;
}

}  // namespace

void publish_model_health(const RuntimeHandle& runtime, telemetry::Metrics& metrics) {
    const config::Snapshot& snapshot = runtime->snapshot();
    const SteadyTime now = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < snapshot.models.size(); ++i) {
        const config::ModelId id{static_cast<std::uint16_t>(i)};
        const upstream::ModelHealth health = runtime->health().health(id, now);
        const std::string& name = snapshot.model(id).name;
        for (const upstream::BreakerState state :
             {upstream::BreakerState::Closed, upstream::BreakerState::Open, upstream::BreakerState::HalfOpen}) {
            metrics.breaker_state.Add({{"model", name}, {"state", std::string(upstream::name_of(state))}})
                .Set(health.state == state ? 1.0 : 0.0);
        }
        metrics.upstream_resting.Add({{"model", name}}).Set(seconds_left(health.cooling_until, now));
        metrics.upstream_in_flight.Add({{"model", name}}).Set(health.in_flight);
        publish_left(name, "requests", health.limits.requests, metrics);
        publish_left(name, "tokens", health.limits.tokens, metrics);
    }
}

std::string model_health_json(const RuntimeHandle& runtime) {
    const config::Snapshot& snapshot = runtime->snapshot();
    const SteadyTime now = std::chrono::steady_clock::now();
    TextBuffer out;
    out.append("[");
    for (std::size_t i = 0; i < snapshot.models.size(); ++i) {
        const config::ModelId id{static_cast<std::uint16_t>(i)};
        const upstream::ModelHealth health = runtime->health().health(id, now);
        out.append(i == 0 ? "" : ",\n");
        JsonObjectWriter object(out);
        object.text("model", snapshot.model(id).name);
        object.text("tiers", tiers_of(snapshot, id));
        object.text("breaker", upstream::name_of(health.state));
        object.decimal("since_seconds", seconds_between(health.since, now));
        object.integer("consecutive_failures", health.consecutive_failures);
        object.integer("openings", static_cast<std::int64_t>(health.openings));
        object.decimal("open_for_seconds", seconds_left(health.open_until, now));
        object.decimal("rests_for_seconds", seconds_left(health.cooling_until, now));
        object.integer("in_flight", health.in_flight);
        object.integer("retries_in_flight", health.retries_in_flight);
        write_rate_levels(object, health.limits);
        if (health.concurrent) {
            object.integer("concurrent_max", *health.concurrent);
        }
        object.end();
    }
    out.append("]\n");
    return out.to_string();
}

}  // namespace tierway::gateway
