#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "tierway/base/text_buffer.hpp"
#include "tierway/base/time.hpp"
#include "tierway/telemetry/decision_record.hpp"
#include "tierway/telemetry/trace_context.hpp"

namespace tierway::telemetry {

/// What a request's span says beside its decision record.
struct RequestSpan {
    TraceContext context;  ///< Of the span itself.
    SpanId parent;         ///< The caller's; not valid: the trace begins here.
    std::string_view tracestate;
    std::string_view method;  ///< "HTTP" stands for methods that nobody serves.
    std::string_view route;   ///< "/v1/chat/completions"; empty for a path that nobody serves.
    WallTime began{};
    WallTime ended{};
    bool failed = false;  ///< By a fault of the gateway or a provider; what callers do wrong is no failure of the span.
};

/// What the caller asked for, where it says so; nothing of it is text of theirs.
struct AskedFor {
    std::optional<std::int64_t> max_tokens;
    std::optional<std::int64_t> seed;
    std::optional<std::int64_t> choices;
    std::optional<double> temperature;
    std::optional<double> top_p;
    std::optional<double> frequency_penalty;
    std::optional<double> presence_penalty;
    std::string_view output_type;  ///< "text", "json"; empty for embeddings.
};

/// What an attempt's span says beside the record's attempt of the same position.
struct AttemptSpan {
    SpanId id;
    std::string_view operation;  ///< "chat", "embeddings".
    std::string_view provider;   ///< By OpenTelemetry's name for it: "openai", "aws.bedrock".
    std::string_view request_model;
    std::string_view response_model;
    std::string_view server_address;
    std::uint16_t server_port = 0;
    unsigned status = 0;  ///< Of the provider's refusal; 0: none.
    std::span<const std::string_view> finish_reasons;
    std::string_view error_type;  ///< Empty when it went well.
    WallTime began{};
    WallTime ended{};
    std::optional<Nanoseconds> time_to_first_chunk;
};

/// Appends the spans of one request as OTLP's JSON objects with commas between them: the server's, and one of a client for each
/// attempt, its children. They hold no prompt, no answer and no secret.
/// REQUIRES: as many `attempts` as the record has.
/// \returns how many spans.
std::size_t write_request_spans(const DecisionRecord& record, const RequestSpan& request, const AskedFor& asked,
                                std::span<const AttemptSpan> attempts, TextBuffer& out);

}  // namespace tierway::telemetry
