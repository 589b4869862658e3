#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "gateway/outcome.hpp"
#include "gateway/runtime.hpp"
#include "tierway/gateway/load_limiter.hpp"
#include "tierway/decision/plan.hpp"
#include "tierway/telemetry/metrics.hpp"

namespace tierway::gateway {

/// How a request ended; the `outcome` label.
enum class RequestOutcome : std::uint8_t { Ok, ClientError, Denied, UpstreamError, ClientGone, InternalError };
std::string_view name_of(RequestOutcome outcome) noexcept;

/// What a model does, as OpenTelemetry names it (WIRE.md section 8.1).
const char* operation_of(const config::Model& model) noexcept;

/// One worker's handles on the metrics of one runtime. A series is looked up the first time it is used and kept, so that the
/// request path neither locks a family nor builds labels. Not thread-safe; the counters behind it are.
class Meters : public std::enable_shared_from_this<Meters> {
public:
    Meters(telemetry::Metrics& metrics, RuntimePtr runtime);

    struct Request {
        const decision::Plan& plan;
        const Outcome& outcome;
        RequestOutcome how;
        Nanoseconds duration;
        Nanoseconds overhead;
        std::optional<Nanoseconds> first_token;
    };
    /// Counts a request that ended.
    void count(const Request& request);
    void count_overload(Overload reason);
    /// Requests that their key's limits refused.
    void count_rate_limited(RateLimitKind limit);
    /// Requests whose shared limits did not answer.
    void count_rate_unshared() { rates_unshared_.Increment(); }
    /// Spans that found no room to wait for their export.
    void count_dropped_spans(std::size_t count) { spans_dropped_.Increment(static_cast<double>(count)); }
    /// Models that were passed over at a limit of ours.
    void count_limited(config::ModelId model, RateLimitKind limit);
    void count_fallback(config::ModelId from, config::ModelId to, std::string_view reason);
    void count_malformed_events(config::ModelId model, unsigned count);
    void count_failure(config::ModelId model, std::string_view code);
    void count_attempt_duration(config::ModelId model, Nanoseconds duration);
    /// An opinion on a draft was to be asked for. \param outcome "ok", or why there is none.
    void count_opinion(config::ClassId request_class, cascade::SignalKind signal, std::string_view outcome);
    /// A comparison in the background ended. \param outcome "as_good", "worse", "undecided", "busy", or an error's code.
    void count_shadow(config::ClassId request_class, std::string_view outcome);
    /// An attempt was charged.
    void count_charge(config::ClassId request_class, const ledger::Charge& charge);
    /// A provider reported the tokens of a prompt whose size had been guessed.
    void count_token_estimate(config::ModelId model, const ledger::PromptTokens& guessed, std::int64_t reported);

private:
    /// Of a request that passed as it is.
    void count_passed(const Request& request);
    void count_gate(const Request& request, const std::string& class_name);
    void count_charges(const Request& request);
    void count_tokens(const ledger::Charge& charge);

    telemetry::Metrics& metrics_;
    RuntimePtr runtime_;
    /// By family and label values as small numbers; label sets are bounded by the configuration.
    using Key = std::tuple<std::uint16_t, std::uint16_t, std::uint16_t, std::uint16_t>;
    std::map<Key, prometheus::Counter*> requests_;
    std::map<Key, prometheus::Counter*> gates_;
    std::map<Key, prometheus::Counter*> costs_;
    std::map<Key, prometheus::Counter*> tokens_;
    std::map<Key, prometheus::Counter*> limited_;
    std::vector<prometheus::Counter*> rate_limited_;
    std::map<Key, prometheus::Histogram*> token_sizes_;
    std::vector<prometheus::Counter*> baselines_;
    std::vector<prometheus::Histogram*> confidences_;
    std::map<Key, prometheus::Histogram*> durations_;
    std::vector<prometheus::Histogram*> first_tokens_;
    std::vector<prometheus::Histogram*> attempt_durations_;
    std::vector<prometheus::Histogram*> token_errors_;
    std::vector<prometheus::Counter*> token_excesses_;
    prometheus::Histogram& overhead_;
    prometheus::Counter& rates_unshared_;
    prometheus::Counter& spans_dropped_;
};

}  // namespace tierway::gateway
