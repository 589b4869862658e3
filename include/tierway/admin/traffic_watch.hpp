#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "tierway/net/sweep.hpp"
#include "tierway/telemetry/metrics.hpp"

namespace tierway::admin {

/// Follows the process's counters for `/api/summary`: every few seconds it notes what they stand at, so that the page can show how
/// traffic went of late. Requests pay nothing for it: what they count for Prometheus is all that is read. Lives on the admin
/// plane's worker, in its sweep, and belongs to its thread.
class TrafficWatch final : public net::Swept {
public:
    /// \param metrics must outlive it.
    explicit TrafficWatch(const telemetry::Metrics& metrics);
    ~TrafficWatch() override;

    void on_sweep(SteadyTime now) override;

    /// The figures of a stretch of time up to now, and those since the start, as one JSON object; docs/operations.md tells its
    /// members.
    [[nodiscard]] std::string summary_json(std::chrono::seconds span);

private:
    struct State;

    std::unique_ptr<State> state_;
};

}  // namespace tierway::admin
