#include "tierway/gateway/quality_gauges.hpp"

#include "gateway/runtime.hpp"
#include "gateway/shadow/quality_board.hpp"

namespace tierway::gateway {

void publish_quality(const RuntimeHandle& runtime, telemetry::Metrics& metrics) {
    const config::Snapshot& snapshot = runtime->snapshot();
    if (!snapshot.shadow) {
        return;
    }
    for (std::size_t i = 0; i < snapshot.classes.size(); ++i) {
        const config::RequestClass& request_class = snapshot.classes[i];
        const cascade::QualityWindow window = runtime->quality().window_of(config::ClassId(i));
        if (window.compared() == 0) {
            continue;
        }
        const cascade::ShareInterval quality = window.quality();
        metrics.quality.Add({{"class", request_class.name}, {"bound", "estimate"}}).Set(quality.estimate);
        metrics.quality.Add({{"class", request_class.name}, {"bound", "low"}}).Set(quality.low);
        metrics.quality.Add({{"class", request_class.name}, {"bound", "high"}}).Set(quality.high);
        if (request_class.quality_bar) {
            metrics.quality_below_bar.Add({{"class", request_class.name}}).Set(window.below(*request_class.quality_bar) ? 1.0 : 0.0);
        }
    }
}

}  // namespace tierway::gateway
