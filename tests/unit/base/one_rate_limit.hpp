#pragma once

#include <cstdint>

#include "tierway/base/rate_limits.hpp"

namespace tierway {

// Limits of one kind, for tests of whoever holds something to them.

inline RateLimits requests(std::int64_t per_minute, std::int64_t burst) {
    RateLimits limits;
    limits.requests = RateLimit{per_minute, burst};
    return limits;
}

inline RateLimits tokens(std::int64_t per_minute) {
    RateLimits limits;
    limits.tokens = RateLimit{per_minute, per_minute};
    return limits;
}

inline RateLimits concurrent(unsigned places) {
    RateLimits limits;
    limits.concurrent = places;
    return limits;
}

}  // namespace tierway
