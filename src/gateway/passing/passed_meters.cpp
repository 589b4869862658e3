#include <string>
#include <utility>

#include "gateway/meters.hpp"

namespace tierway::gateway {

// Each such request is a call to a provider, and most carry a file: looking the series up costs nothing beside it.
void Meters::count_passed(const Request& request) {
    const PassedOn& passed = *request.outcome.passed_on;
    const std::string request_class(config::PassThrough::kClassName);
    const std::string tier(config::PassThrough::kTierName);
    metrics_.requests
        .Add({{"class", request_class}, {"tier", tier}, {"model", passed.name}, {"outcome", std::string(name_of(request.how))}})
        .Increment();
    metrics_.duration.Add({{"class", request_class}, {"tier", tier}}, telemetry::Metrics::duration_buckets())
        .Observe(static_cast<double>(request.duration.count()) * 1e-9);
    if (passed.cost > Usd()) {
        metrics_.cost_usd
            .Add({{"class", request_class}, {"tier", tier}, {"model", passed.name}, {"kind", std::string(ledger::name_of(passed.purpose))}})
            .Increment(passed.cost.to_double());
    }
    for (const auto& [type, count] : {std::pair("input", passed.usage.prompt), std::pair("output", passed.usage.completion)}) {
        if (count > 0) {
            metrics_.tokens.Add({{"model", passed.name}, {"type", type}}).Increment(static_cast<double>(count));
        }
    }
    if (passed.usage_missing) {
        metrics_.usage_missing.Add({{"model", passed.name}}).Increment();
    }
}

}  // namespace tierway::gateway
