#pragma once

#include "admin/traffic_history.hpp"
#include "tierway/telemetry/metrics.hpp"

namespace tierway::admin {

/// What the counters stand at. Series that differ only in their model are one. Takes each family's lock while it is copied, which
/// requests do not take once they have their handles.
Counts read_traffic(const telemetry::Metrics& metrics);

}  // namespace tierway::admin
