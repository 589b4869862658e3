#include "tierway/telemetry/request_spans.hpp"

#include <string>

#include "telemetry/span_attributes.hpp"
#include "tierway/telemetry/span_writer.hpp"

namespace tierway::telemetry {
namespace {

/// The purpose of attempts that were asked something of our own.
constexpr std::string_view kJudge = "judge";

std::string joined(std::string_view first, std::string_view second) {
    std::string text(first);
    if (!second.empty()) {
        text.append(" ").append(second);
    }
    return text;
}

void write_server_span(const DecisionRecord& record, const RequestSpan& request, TextBuffer& out) {
    const std::string name = joined(request.method, request.route);
    SpanWriter span(out, {.name = name,
                          .context = request.context,
                          .parent = request.parent,
                          .parent_is_remote = request.parent.is_valid(),
                          .tracestate = request.tracestate,
                          .kind = SpanWriter::Kind::Server,
                          .began = request.began,
                          .ended = request.ended});
    span.text(attribute::kMethod, request.method == "HTTP" ? std::string_view("_OTHER") : request.method);
    span.text(attribute::kRoute, request.route);
    span.text(attribute::kPath, record.path);
    span.text(attribute::kScheme, "http");
    span.integer(attribute::kStatus, record.status);
    span.text(attribute::kErrorType, record.error_code);
    span.text(attribute::kRequestId, record.request_id);
    span.text(attribute::kPrincipal, record.principal);
    span.text(attribute::kTeam, record.team);
    span.text(attribute::kAskedModel, record.asked_model);
    span.boolean(attribute::kStream, record.stream);
    span.text(attribute::kClass, record.request_class);
    span.text(attribute::kClassifier, record.classifier);
    span.text(attribute::kBoundTier, record.bound_tier);
    span.text(attribute::kTier, record.tier);
    span.text(attribute::kModel, record.model);
    span.text(attribute::kEscalation, record.escalation);
    span.text(attribute::kEscalationReason, record.escalation_reason);
    if (record.confidence) {
        span.decimal(attribute::kConfidence, *record.confidence);
    }
    span.integer(attribute::kAttempts, static_cast<std::int64_t>(record.attempts.size()));
    span.integer(attribute::kFallbacks, record.fallbacks);
    span.money(attribute::kCost, record.cost);
    span.money(attribute::kBaseline, record.baseline);
    span.text(attribute::kOutcome, record.outcome);
    span.text(attribute::kPolicy, record.policy);
    span.end(request.failed);
}

void write_asked(const AskedFor& asked, bool stream, SpanWriter& span) {
    const auto integer = [&span](std::string_view key, const std::optional<std::int64_t>& value) {
        if (value) {
            span.integer(key, *value);
        }
    };
    const auto decimal = [&span](std::string_view key, const std::optional<double>& value) {
        if (value) {
            span.decimal(key, *value);
        }
    };
    span.boolean(attribute::kRequestStream, stream);
    integer(attribute::kRequestMaxTokens, asked.max_tokens);
    integer(attribute::kRequestSeed, asked.seed);
    integer(attribute::kRequestChoices, asked.choices);
    decimal(attribute::kRequestTemperature, asked.temperature);
    decimal(attribute::kRequestTopP, asked.top_p);
    decimal(attribute::kRequestFrequencyPenalty, asked.frequency_penalty);
    decimal(attribute::kRequestPresencePenalty, asked.presence_penalty);
    span.text(attribute::kOutputType, asked.output_type);
}

void write_usage(const AttemptRecord& attempt, SpanWriter& span) {
    const auto tokens = [&span](std::string_view key, std::int64_t value) {
        if (value > 0) {
            span.integer(key, value);
        }
    };
    tokens(attribute::kInputTokens, attempt.prompt_tokens);
    tokens(attribute::kOutputTokens, attempt.completion_tokens);
    tokens(attribute::kCachedTokens, attempt.cached_tokens);
    tokens(attribute::kCacheWriteTokens, attempt.cache_write_tokens);
    tokens(attribute::kReasoningTokens, attempt.reasoning_tokens);
    span.text(attribute::kUsageSource, attempt.usage_source);
    span.money(attribute::kCost, attempt.cost);
}

void write_client_span(const DecisionRecord& record, const AttemptRecord& attempt, const RequestSpan& request,
                       const AskedFor& asked, const AttemptSpan& known, TextBuffer& out) {
    const std::string name = joined(known.operation, known.request_model);
    TraceContext context = request.context;
    context.span = known.id;
    SpanWriter span(out, {.name = name,
                          .context = context,
                          .parent = request.context.span,
                          .tracestate = request.tracestate,
                          .kind = SpanWriter::Kind::Client,
                          .began = known.began,
                          .ended = known.ended});
    span.text(attribute::kOperation, known.operation);
    span.text(attribute::kProvider, known.provider);
    span.text(attribute::kRequestModel, known.request_model);
    span.text(attribute::kResponseModel, known.response_model);
    span.text(attribute::kServerAddress, known.server_address);
    span.integer(attribute::kServerPort, known.server_port);
    if (attempt.purpose != kJudge) {
        write_asked(asked, record.stream, span);
    }
    span.texts(attribute::kFinishReasons, known.finish_reasons);
    if (known.time_to_first_chunk) {
        span.decimal(attribute::kTimeToFirstChunk, std::chrono::duration<double>(*known.time_to_first_chunk).count());
    }
    write_usage(attempt, span);
    if (known.status > 0) {
        span.integer(attribute::kStatus, known.status);
    }
    span.text(attribute::kErrorType, known.error_type);
    span.text(attribute::kPurpose, attempt.purpose);
    span.text(attribute::kTier, attempt.tier);
    span.text(attribute::kModel, attempt.model);
    span.end(!known.error_type.empty());
}

}  // namespace

std::size_t write_request_spans(const DecisionRecord& record, const RequestSpan& request, const AskedFor& asked,
                                std::span<const AttemptSpan> attempts, TextBuffer& out) {
    write_server_span(record, request, out);
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        out.append(",");
        write_client_span(record, record.attempts[i], request, asked, attempts[i], out);
    }
    return attempts.size() + 1;
}

}  // namespace tierway::telemetry
