#include "tierway/gateway/economics_gauges.hpp"

#include "gateway/runtime.hpp"

namespace tierway::gateway {

void publish_economics(const RuntimeHandle& runtime, telemetry::Metrics& metrics) {
    const config::Snapshot& snapshot = runtime->snapshot();
    for (std::size_t i = 0; i < snapshot.classes.size(); ++i) {
        const auto economics = runtime->economics().of(config::ClassId(i));
        if (!economics || economics->drafts() == 0) {
            continue;
        }
        const std::string& name = snapshot.classes[i].name;
        const cascade::ShareInterval wanting = economics->wanting_share();
        metrics.wanting_share.Add({{"class", name}, {"bound", "estimate"}}).Set(wanting.estimate);
        metrics.wanting_share.Add({{"class", name}, {"bound", "low"}}).Set(wanting.low);
        metrics.wanting_share.Add({{"class", name}, {"bound", "high"}}).Set(wanting.high);
        if (const auto break_even = economics->break_even_share()) {
            metrics.break_even_share.Add({{"class", name}}).Set(*break_even);
        }
        const bool passed_over = economics->costs_more() && snapshot.classes[i].escalation->explore < 1.0;
        metrics.cascade_passed_over.Add({{"class", name}}).Set(passed_over ? 1.0 : 0.0);
    }
}

}  // namespace tierway::gateway
