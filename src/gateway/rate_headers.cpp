#include "gateway/rate_headers.hpp"

#include <chrono>

#include "tierway/base/duration_text.hpp"

namespace tierway::gateway {

void add_rate_limits(RequestContext& context, net::HeaderBlock& headers) {
    const policy::Principal* const principal = context.plan().principal;
    if (principal == nullptr || !principal->limits.any()) {
        return;
    }
    const auto& shared = context.rate.shared_levels();
    const RateLevels levels =
        shared ? *shared : context.runtime->rates().levels(*principal, std::chrono::steady_clock::now());
    if (levels.requests) {
        headers.add("x-ratelimit-limit-requests", levels.requests->limit);
        headers.add("x-ratelimit-remaining-requests", levels.requests->remaining);
        headers.add("x-ratelimit-reset-requests", duration_text(levels.requests->reset));
    }
    if (levels.tokens) {
        headers.add("x-ratelimit-limit-tokens", levels.tokens->limit);
        headers.add("x-ratelimit-remaining-tokens", levels.tokens->remaining);
        headers.add("x-ratelimit-reset-tokens", duration_text(levels.tokens->reset));
    }
}

}  // namespace tierway::gateway
