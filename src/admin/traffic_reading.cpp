#include "admin/traffic_reading.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace tierway::admin {
namespace {

using Labels = std::initializer_list<std::string_view>;

void read_family(const prometheus::Family<prometheus::Counter>& family, Counter counter, Labels labels, Counts& counts) {
    for (const prometheus::MetricFamily& collected : family.Collect()) {
        for (const prometheus::ClientMetric& metric : collected.metric) {
            Series series{counter, {}};
            for (const std::string_view label : labels) {
                const auto found = std::find_if(metric.label.begin(), metric.label.end(),
                                                [label](const auto& one) { return one.name == label; });
                series.labels.push_back(found == metric.label.end() ? std::string() : found->value);
            }
            counts[std::move(series)] += metric.counter.value;
        }
    }
}

}  // namespace

Counts read_traffic(const telemetry::Metrics& metrics) {
    Counts counts;
    read_family(metrics.requests, Counter::Requests, {"class", "tier", "outcome"}, counts);
    read_family(metrics.cost_usd, Counter::Cost, {"class", "tier", "kind"}, counts);
    read_family(metrics.baseline_usd, Counter::Baseline, {"class"}, counts);
    read_family(metrics.escalations, Counter::Escalations, {"class", "from", "to", "reason", "verdict"}, counts);
    read_family(metrics.refused, Counter::Refused, {"code"}, counts);
    return counts;
}

}  // namespace tierway::admin
