#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tierway/base/text_buffer.hpp"
#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"

namespace tierway::telemetry {

/// One attempt as the record shows it.
struct AttemptRecord {
    std::string_view model;
    std::string_view tier;
    std::string_view purpose;       ///< answer, draft, failed, judge.
    std::string_view usage_source;  ///< provider, counted, none.
    std::int64_t prompt_tokens = 0;
    std::int64_t completion_tokens = 0;
    std::int64_t cached_tokens = 0;
    std::int64_t cache_write_tokens = 0;
    std::int64_t reasoning_tokens = 0;
    std::string_view service_tier;  ///< The provider's lane: standard, flex, priority, other; empty: no attempt was billed.
    Usd cost;
    std::string_view error;  ///< What went wrong, for the operator; empty when it went well.
};

/// One request to climb above the bound tier, and the approver's answer.
struct ClimbRecord {
    std::string_view from;
    std::string_view to;
    std::string_view why;      ///< client_wish, low_confidence, cascade_not_worth_it … (`policy::ClimbReason`).
    std::string_view verdict;  ///< approved, denied.
    std::string_view reason;   ///< The climb's own when approved, else what forbids it.
    Usd estimate;
};

struct SignalRecord {
    std::string_view name;
    double score = 0.0;
    std::string_view reason;
};

/// An opinion of another model that was to be asked for.
struct OpinionRecord {
    std::string_view signal;
    std::string_view model;
    std::string_view outcome;  ///< "ok", or why it says nothing.
};

/// What the request was classified by, of its texts their sizes alone.
struct FeaturesRecord {
    std::size_t ask_bytes = 0;
    std::int64_t prompt_tokens = 0;  ///< Estimated.
    std::int64_t turns = 0;
    std::size_t tools = 0;
    bool has_image = false;
    bool has_audio = false;
    bool json_schema = false;
    bool last_turn_is_tool_result = false;
    std::string_view language;  ///< Of the ask's letters; empty, and the next two 0, when no stage of the classifier looks at them.
    double code_share = 0.0;
    double digit_share = 0.0;
};

struct PassedOverRecord {
    std::string_view model;
    std::string_view missing;
};

/// Everything that was decided about one request, however it ended; written once, as one JSON line. It holds no prompt, no answer
/// and no secret. Views must outlive `write_json_line`.
struct DecisionRecord {
    WallTime time{};
    std::string_view request_id;
    std::string_view trace_id;   ///< That the request belongs to; empty: none.
    std::string_view principal;  ///< The id of the caller's key.
    std::string_view team;
    std::string_view method;
    std::string_view path;         ///< Without query, cut.
    std::string_view asked_model;  ///< As the client wrote it, cut.
    bool stream = false;

    std::string_view request_class;
    double class_confidence = 0.0;
    std::string_view classifier;
    std::string_view class_reason;
    std::optional<FeaturesRecord> features;  ///< Of a chat that was classified.
    std::string_view bound_tier;
    std::string_view tier;            ///< Of the model that answered.
    std::string_view model;           ///< That answered.
    std::string_view upstream_model;  ///< What the provider says answered.
    bool simulated = false;           ///< The provider labelled its answer as simulated (`x-simulated`).
    std::vector<PassedOverRecord> passed_over;

    std::string_view gate;             ///< The gate's verdict; empty when nothing limits the request's cost.
    std::optional<Usd> cost_ceiling;   ///< What it may cost in all.
    std::string_view gate_from;        ///< Downgraded: the tier it would have gone to, …
    std::optional<Usd> gate_estimate;  ///< … and what the first attempt may have cost there.
    unsigned attempts_declined = 0;    ///< Not made, because the request would have cost more than that.

    std::string_view escalation = "none";  ///< none, approved, denied.
    std::string_view escalation_reason;
    std::vector<ClimbRecord> climbs;
    std::optional<double> confidence;
    std::vector<SignalRecord> signals;
    std::vector<OpinionRecord> opinions;
    std::vector<AttemptRecord> attempts;
    unsigned fallbacks = 0;

    Usd estimate;
    Usd cost;
    Usd baseline;
    unsigned status = 0;
    std::string_view outcome;  ///< ok, client_error, denied, upstream_error, client_gone, internal_error.
    std::string_view error_code;
    std::string_view error_detail;
    Nanoseconds duration{0};
    std::optional<Nanoseconds> time_to_first_token;
    Nanoseconds overhead{0};  ///< Time in the gateway itself, not waiting for a provider.
    std::string_view policy;
};

/// Appends the record as one JSON object, without a line end.
void write_json_line(const DecisionRecord& record, TextBuffer& out);

}  // namespace tierway::telemetry
