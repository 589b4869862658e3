#pragma once

#include "tierway/base/time.hpp"

namespace tierway::config {

/// How often and how soon one request asks again after a failure (RELIABILITY.md section 1).
struct RetryLimits {
    unsigned attempts = 3;            ///< Over all targets and tiers of one request. More keeps the client waiting for longer.
    Milliseconds backoff_first{200};  ///< Before the same target is asked again; doubles with each of its failures …
    Milliseconds backoff_max{2'000};  ///< … up to this. Never below `backoff_first`.
    Milliseconds retry_after_max{5'000};  ///< A target that asks for more patience is not waited for.
    /// Retries under way at one target may not exceed this share of its requests under way (Envoy's retry budget) …
    double budget_share = 0.2;
    unsigned budget_min = 3;  ///< … but so many are always allowed.
};

/// When a model is given up for a while, and when it is tried again (RELIABILITY.md section 1).
struct BreakerLimits {
    unsigned consecutive_failures = 5;  ///< That many in a row open it.
    double success_share_min = 0.5;     ///< A smaller share of successes within the window opens it; 0 turns that off.
    Milliseconds window{10'000};        ///< Counted in tenths.
    unsigned window_requests_min = 20;  ///< Fewer requests within the window say nothing about the share.
    Milliseconds open_first{5'000};     ///< How long it stays open; doubles each time the model has not recovered …
    Milliseconds open_max{60'000};      ///< … up to this, which also bounds a cool-down. Never below `open_first`.
};

}  // namespace tierway::config
