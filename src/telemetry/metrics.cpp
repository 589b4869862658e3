#include "tierway/telemetry/metrics.hpp"

#include <prometheus/text_serializer.h>

namespace tierway::telemetry {
namespace {

prometheus::Family<prometheus::Counter>& counter(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Family<prometheus::Gauge>& gauge(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

prometheus::Family<prometheus::Histogram>& histogram(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

}  // namespace

Metrics::Metrics()
    : requests(counter(registry, "tierway_requests_total", "Requests that ended, by what answered them and how.")),
      cost_usd(counter(registry, "tierway_cost_usd_total", "What attempts cost, in US dollars, by what they were for.")),
      baseline_usd(counter(registry, "tierway_baseline_cost_usd_total",
                           "What the answers would have cost on the frontier tier, in US dollars.")),
      tokens(counter(registry, "tierway_tokens_total", "Tokens of all attempts, by kind.")),
      escalations(
          counter(registry, "tierway_escalations_total", "Requests to climb above the bound tier, and the approver's verdicts.")),
      opinions(counter(registry, "tierway_opinions_total", "Opinions on drafts that were to be asked for, and what came of it.")),
      shadows(counter(registry, "tierway_shadow_comparisons_total",
                      "Kept drafts that were held against the higher tier's answer in the background, and what came of it.")),
      wanting_share(gauge(registry, "tierway_cascade_wanting_share",
                          "Share of a class's judged drafts that want the higher tier of late, with its 95 % interval.")),
      break_even_share(gauge(registry, "tierway_cascade_break_even_share",
                             "Share of such drafts from which on a class's cascade costs more than going direct.")),
      cascade_passed_over(gauge(registry, "tierway_cascade_passed_over",
                                "1 while requests of a class begin at the higher tier because its cascade costs more.")),
      quality(gauge(registry, "tierway_shadow_quality",
                    "Share of a class's answers that are as good as the higher tier's, with its 95 % interval.")),
      quality_below_bar(gauge(registry, "tierway_quality_below_bar",
                              "1 while the lower end of a class's quality interval is below its `quality_bar`.")),
      gate(counter(registry, "tierway_gate_total",
                   "Verdicts on what a request may cost; `declined` counts further attempts of such requests.")),
      fallbacks(
          counter(registry, "tierway_fallbacks_total", "Moves to another model of the same tier because an upstream failed.")),
      usage_missing(
          counter(registry, "tierway_usage_missing_total", "Answers whose provider reported no usage, billed by estimate.")),
      token_error(histogram(registry, "tierway_token_estimate_error_ratio",
                            "Prompt tokens that a provider reported over those that were expected.")),
      token_excess(counter(registry, "tierway_token_estimate_exceeded_total",
                           "Prompts that a provider counted as longer than was reserved for.")),
      refused(counter(registry, "tierway_refused_total", "Requests that ended before a class was known, by error code.")),
      overload(counter(registry, "tierway_overload_total",
                       "Requests and connections that were refused because a bound of the process was reached.")),
      rate_limited(counter(registry, "tierway_rate_limited_total", "Requests that a rate limit of their key refused.")),
      rates_unshared(counter(registry, "tierway_rate_limits_unshared_total",
                             "Requests that were let in by this process's own counts because the shared ones did not answer.")),
      budget_left(gauge(registry, "tierway_budget_remaining_usd",
                        "What a budget has left in its window: its limit less what is settled and reserved.")),
      budget_limit(gauge(registry, "tierway_budget_limit_usd", "What a budget may spend in each of its windows.")),
      store_available(gauge(registry, "tierway_store_available", "1 while the store of spending keeps what it is told.")),
      store_settlements_waiting(
          gauge(registry, "tierway_store_settlements_waiting", "Settlements that the store of spending has not charged yet.")),
      store_events(counter(registry, "tierway_store_events_total", "What befell the store of spending, by event.")),
      store_slices(gauge(registry, "tierway_store_slices_usd",
                         "What Redis holds back for this replica to spend while it is away, and what of it is spent.")),
      in_flight(gauge(registry, "tierway_requests_in_flight", "Requests under way.")),
      connections(gauge(registry, "tierway_connections_open", "Client connections.")),
      // The name that every client library of Prometheus uses.
      resident(gauge(registry, "process_resident_memory_bytes", "Resident memory of the process.")),
      malformed_events(
          counter(registry, "tierway_upstream_malformed_events_total", "Stream events that were not valid and were dropped.")),
      attempt_failures(counter(registry, "tierway_upstream_failures_total", "Attempts that failed, by the error's code.")),
      breaker_state(gauge(registry, "tierway_upstream_breaker_state", "1 for the state that a model's breaker is in.")),
      upstream_resting(
          gauge(registry, "tierway_upstream_resting_seconds", "For how long a provider's rate limit still keeps us away.")),
      upstream_in_flight(gauge(registry, "tierway_upstream_attempts_in_flight", "Attempts under way at a model.")),
      upstream_limited(counter(registry, "tierway_upstream_limited_total",
                               "How often a model was passed over because it was at a limit of ours.")),
      upstream_limit_left(
          gauge(registry, "tierway_upstream_limit_remaining", "What our own limit on a model still allows at once.")),
      confidence(histogram(registry, "tierway_confidence", "Confidence of judged answers.")),
      duration(histogram(registry, "tierway_request_duration_seconds", "From a request's first byte to its end.")),
      overhead(
          histogram(registry, "tierway_overhead_seconds", "Time spent in the gateway itself, without waiting for providers.")),
      first_token(histogram(registry, "tierway_time_to_first_token_seconds",
                            "From a request's first byte to its first content, streams only.")),
      gen_ai_tokens(histogram(registry, "gen_ai_client_token_usage", "Tokens of one attempt (OpenTelemetry GenAI v1.41).")),
      gen_ai_duration(histogram(registry, "gen_ai_client_operation_duration_seconds",
                                "Duration of one attempt (OpenTelemetry GenAI v1.41).")),
      config_reloads(counter(registry, "tierway_config_reloads_total", "Attempts to load a changed configuration.")),
      trace_spans(counter(registry, "tierway_trace_spans_total",
                          "Spans that were made, by whether the collector took them, refused them, or they found no room.")),
      config_reload_successful(gauge(registry, "tierway_config_last_reload_successful",
                                     "0 while the newest configuration could not be loaded and an older one serves.")) {}

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(registry.Collect());
}

const std::vector<double>& Metrics::duration_buckets() {
    // The GenAI conventions' own boundaries, so that both duration metrics compare.
    static const std::vector<double> kBuckets{0.01, 0.02, 0.04, 0.08,  0.16,  0.32,  0.64,
                                              1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
    return kBuckets;
}

const std::vector<double>& Metrics::overhead_buckets() {
    static const std::vector<double> kBuckets{0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25};
    return kBuckets;
}

const std::vector<double>& Metrics::confidence_buckets() {
    static const std::vector<double> kBuckets{0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99};
    return kBuckets;
}

const std::vector<double>& Metrics::ratio_buckets() {
    static const std::vector<double> kBuckets{0.25, 0.5, 0.67, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.25, 1.5, 2.0, 4.0};
    return kBuckets;
}

const std::vector<double>& Metrics::token_buckets() {
    static const std::vector<double> kBuckets{1,      4,      16,      64,        256,       1'024,      4'096,
                                              16'384, 65'536, 262'144, 1'048'576, 4'194'304, 16'777'216, 67'108'864};
    return kBuckets;
}

}  // namespace tierway::telemetry
