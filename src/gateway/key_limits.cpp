#include "tierway/gateway/key_limits.hpp"

#include <chrono>

#include "gateway/rate_levels_json.hpp"
#include "gateway/runtime.hpp"

namespace tierway::gateway {
namespace {

double seconds(Nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

void write_rate_levels(JsonObjectWriter& object, const RateLevels& levels) {
    if (levels.requests) {
        object.integer("requests_per_minute", levels.requests->limit);
        object.integer("requests_left", levels.requests->remaining);
        object.decimal("requests_reset_seconds", seconds(levels.requests->reset));
    }
    if (levels.tokens) {
        object.integer("tokens_per_minute", levels.tokens->limit);
        object.integer("tokens_left", levels.tokens->remaining);
        object.decimal("tokens_reset_seconds", seconds(levels.tokens->reset));
    }
}

std::string key_limits_json(const RuntimeHandle& runtime) {
    const SteadyTime now = std::chrono::steady_clock::now();
    TextBuffer out;
    out.append("[");
    bool first = true;
    for (const config::AccessKey& key : runtime->snapshot().keys) {
        const policy::Principal& principal = key.principal;
        if (!principal.limits.any()) {
            continue;
        }
        out.append(first ? "" : ",\n");
        first = false;
        JsonObjectWriter object(out);
        object.text("key", principal.id);
        write_rate_levels(object, runtime->rates().levels(principal, now));
        object.integer("in_flight", runtime->rates().under_way(principal));
        if (principal.limits.concurrent) {
            object.integer("concurrent_max", *principal.limits.concurrent);
        }
        object.end();
    }
    out.append("]\n");
    return out.to_string();
}

}  // namespace tierway::gateway
