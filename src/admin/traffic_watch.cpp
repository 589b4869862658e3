#include "tierway/admin/traffic_watch.hpp"

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>

#include "admin/traffic_figures.hpp"
#include "admin/traffic_history.hpp"
#include "admin/traffic_reading.hpp"

namespace tierway::admin {
namespace {

using nlohmann::ordered_json;

/// Half a step of the finest history, so that each step holds what happened in it to within that.
constexpr std::chrono::seconds kEvery{5};

std::int64_t seconds_of(WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

ordered_json points_json(const std::vector<TrafficPoint>& points) {
    std::set<std::string> tiers;
    for (const TrafficPoint& point : points) {
        for (const auto& [tier, count] : point.requests_by_tier) {
            tiers.insert(tier);
        }
    }
    ordered_json json{{"time", ordered_json::array()},
                      {"cost_usd", ordered_json::array()},
                      {"baseline_usd", ordered_json::array()},
                      {"requests", ordered_json::object()}};
    for (const std::string& tier : tiers) {
        json["requests"][tier] = ordered_json::array();
    }
    for (const TrafficPoint& point : points) {
        json["time"].push_back(seconds_of(point.from));
        json["cost_usd"].push_back(point.cost_usd);
        json["baseline_usd"].push_back(point.baseline_usd);
        for (const std::string& tier : tiers) {
            const auto found = point.requests_by_tier.find(tier);
            json["requests"][tier].push_back(found == point.requests_by_tier.end() ? 0 : std::llround(found->second));
        }
    }
    return json;
}

}  // namespace

struct TrafficWatch::State {
    const telemetry::Metrics& metrics;
    WallTime started = std::chrono::system_clock::now();
    SteadyTime next_at{};
    TrafficHistory history{};
};

TrafficWatch::TrafficWatch(const telemetry::Metrics& metrics) : state_(new State{metrics}) {}

TrafficWatch::~TrafficWatch() = default;

void TrafficWatch::on_sweep(SteadyTime now) {
    if (now >= state_->next_at) {
        state_->next_at = now + kEvery;
        state_->history.add(std::chrono::system_clock::now(), read_traffic(state_->metrics));
    }
}

std::string TrafficWatch::summary_json(std::chrono::seconds span) {
    const WallTime now = std::chrono::system_clock::now();
    // What was counted since the last look belongs to what is shown now.
    state_->history.add(now, read_traffic(state_->metrics));
    const ordered_json json{{"time", seconds_of(now)},
                            {"started", seconds_of(state_->started)},
                            {"window_seconds", span.count()},
                            {"step_seconds", TrafficHistory::step_of(span).count()},
                            {"since_start", figures_of(state_->history.since_start())},
                            {"window", figures_of(state_->history.within(span, now))},
                            {"points", points_json(state_->history.points(span, now))}};
    return json.dump() + '\n';
}

}  // namespace tierway::admin
