#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>
#include <vector>

namespace tierway::telemetry {

/// Every metric of the process (DESIGN.md section 9). Adding a series takes a lock and builds a label map, so the request path
/// keeps the handles it got; using a handle is cheap and thread-safe. Labels hold names of the configuration only, so the number
/// of series is bounded by it.
class Metrics {
public:
    Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// The Prometheus text format, version 0.0.4.
    [[nodiscard]] std::string text() const;

    static const std::vector<double>& duration_buckets();
    static const std::vector<double>& overhead_buckets();
    static const std::vector<double>& confidence_buckets();
    static const std::vector<double>& token_buckets();
    static const std::vector<double>& ratio_buckets();

    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests;          ///< class, tier, model, outcome
    prometheus::Family<prometheus::Counter>& cost_usd;          ///< class, tier, model, kind
    prometheus::Family<prometheus::Counter>& baseline_usd;      ///< class
    prometheus::Family<prometheus::Counter>& tokens;            ///< model, type
    prometheus::Family<prometheus::Counter>& escalations;       ///< class, from, to, reason, verdict
    prometheus::Family<prometheus::Counter>& opinions;          ///< class, signal, outcome: "ok", or an error's code
    prometheus::Family<prometheus::Counter>& shadows;           ///< class, outcome: "as_good", "worse", or why it is not known
    prometheus::Family<prometheus::Gauge>& wanting_share;       ///< class, bound: "estimate", "low", "high"
    prometheus::Family<prometheus::Gauge>& break_even_share;    ///< class
    prometheus::Family<prometheus::Gauge>& cascade_passed_over; ///< class
    prometheus::Family<prometheus::Gauge>& quality;             ///< class, bound: "estimate", "low", "high"
    prometheus::Family<prometheus::Gauge>& quality_below_bar;   ///< class
    prometheus::Family<prometheus::Counter>& gate;              ///< class, verdict
    prometheus::Family<prometheus::Counter>& fallbacks;         ///< from, to, reason
    prometheus::Family<prometheus::Counter>& usage_missing;     ///< model
    prometheus::Family<prometheus::Histogram>& token_error;     ///< model: reported over expected prompt tokens
    prometheus::Family<prometheus::Counter>& token_excess;      ///< model: prompts that were longer than reserved for
    prometheus::Family<prometheus::Counter>& refused;           ///< code
    prometheus::Family<prometheus::Counter>& overload;          ///< reason
    prometheus::Family<prometheus::Counter>& rate_limited;      ///< limit: requests, tokens, concurrent
    prometheus::Family<prometheus::Counter>& rates_unshared;    ///< none
    prometheus::Family<prometheus::Gauge>& budget_left;         ///< scope, name, window, kind
    prometheus::Family<prometheus::Gauge>& budget_limit;        ///< scope, name, window, kind
    prometheus::Family<prometheus::Gauge>& store_available;            ///< none
    prometheus::Family<prometheus::Gauge>& store_settlements_waiting;  ///< none
    prometheus::Family<prometheus::Counter>& store_events;             ///< event
    prometheus::Family<prometheus::Gauge>& store_slices;               ///< part
    prometheus::Family<prometheus::Gauge>& in_flight;           ///< none
    prometheus::Family<prometheus::Gauge>& connections;         ///< none
    prometheus::Family<prometheus::Gauge>& resident;            ///< none
    prometheus::Family<prometheus::Counter>& malformed_events;  ///< model
    prometheus::Family<prometheus::Counter>& attempt_failures;  ///< model, code
    prometheus::Family<prometheus::Gauge>& breaker_state;       ///< model, state: 1 for the state it is in
    prometheus::Family<prometheus::Gauge>& upstream_resting;    ///< model: seconds that a rate limit keeps us away
    prometheus::Family<prometheus::Gauge>& upstream_in_flight;  ///< model
    prometheus::Family<prometheus::Counter>& upstream_limited;  ///< model, limit
    prometheus::Family<prometheus::Gauge>& upstream_limit_left; ///< model, limit: what our limits still allow at once
    prometheus::Family<prometheus::Histogram>& confidence;      ///< class
    prometheus::Family<prometheus::Histogram>& duration;        ///< class, tier
    prometheus::Family<prometheus::Histogram>& overhead;        ///< none
    prometheus::Family<prometheus::Histogram>& first_token;     ///< model
    /// OpenTelemetry GenAI names, semantic conventions v1.41 (WIRE.md section 8).
    prometheus::Family<prometheus::Histogram>& gen_ai_tokens;    ///< gen_ai_request_model, gen_ai_token_type …
    prometheus::Family<prometheus::Histogram>& gen_ai_duration;  ///< gen_ai_request_model …
    prometheus::Family<prometheus::Counter>& config_reloads;     ///< result
    prometheus::Family<prometheus::Counter>& trace_spans;        ///< result: exported, dropped, failed
    prometheus::Family<prometheus::Gauge>& config_reload_successful;  ///< none: whether the newest attempt, if any, was one
};

}  // namespace tierway::telemetry
