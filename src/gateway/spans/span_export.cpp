#include "gateway/spans/span_export.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "gateway/endpoint.hpp"
#include "tierway/telemetry/request_spans.hpp"

namespace tierway::gateway {
namespace {

/// Of texts that a client or a provider chose.
constexpr std::size_t kTextBytesMax = 256;

/// OpenTelemetry's name for who serves a model, where it has one; else the vendor whose form it speaks, or the provider's own name.
std::string_view span_provider(const config::Provider& provider) {
    switch (provider.dialect) {
        case config::Dialect::Azure:
            return "azure.ai.openai";
        case config::Dialect::Anthropic:
            return "anthropic";
        case config::Dialect::Gemini:
            return "gcp.gemini";
        case config::Dialect::Bedrock:
            return "aws.bedrock";
        case config::Dialect::OpenAi:
        case config::Dialect::OpenAiResponses:
            break;
    }
    constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kNames{{{"mistral", "mistral_ai"}, {"xai", "x_ai"}}};
    const std::string_view vendor = provider.compatible_with.empty() ? provider.name : provider.compatible_with;
    for (const auto& [ours, theirs] : kNames) {
        if (vendor == ours) {
            return theirs;
        }
    }
    return vendor;
}

/// One of the few that the guard of request heads lets pass; of a head that it refused none is known.
std::string_view span_method(std::string_view method) {
    return method.empty() ? "HTTP" : method;
}

telemetry::AskedFor asked_for(const decision::Plan& plan) {
    telemetry::AskedFor asked;
    if (!plan.route || plan.embeddings) {
        return asked;
    }
    const dialect::ChatRequest& request = plan.request;
    asked.max_tokens = request.output_tokens_max;
    asked.seed = request.body.find("seed").integer();
    asked.choices = request.choices > 1 ? std::optional(request.choices) : std::nullopt;
    asked.temperature = request.body.find("temperature").number();
    asked.top_p = request.body.find("top_p").number();
    asked.frequency_penalty = request.body.find("frequency_penalty").number();
    asked.presence_penalty = request.body.find("presence_penalty").number();
    asked.output_type = request.wants_json_object || request.wants_json_schema() ? "json" : "text";
    return asked;
}

/// The steady clock's times on the calendar, as it is now.
class Calendar {
public:
    explicit Calendar(SteadyTime now) : now_(now), wall_(std::chrono::system_clock::now()) {}

    [[nodiscard]] WallTime at(SteadyTime time) const {
        return wall_ - std::chrono::duration_cast<WallTime::duration>(now_ - time);
    }

private:
    SteadyTime now_;
    WallTime wall_;
};

telemetry::AttemptSpan span_of(const config::Provider& provider, const TracedAttempt& traced, std::string_view code,
                               const Calendar& calendar) {
    telemetry::AttemptSpan span;
    span.id = traced.id;
    span.provider = span_provider(provider);
    span.response_model = std::string_view(traced.response_model).substr(0, kTextBytesMax);
    span.server_address = provider.base_url.host;
    span.server_port = provider.base_url.port;
    span.status = traced.status;
    span.finish_reasons = traced.finish_reasons;
    span.error_type = code == "ok" ? std::string_view() : code;
    span.began = calendar.at(traced.began_at);
    span.ended = calendar.at(traced.ended_at);
    if (traced.first_content_at) {
        span.time_to_first_chunk = *traced.first_content_at - traced.began_at;
    }
    return span;
}

/// One for each line on the bill; or of what passed as it is, if it was sent.
std::vector<telemetry::AttemptSpan> attempt_spans(const config::Snapshot& snapshot, const Outcome& outcome,
                                                  const Calendar& calendar) {
    std::vector<telemetry::AttemptSpan> spans;
    const auto& charges = outcome.bill.charges();
    for (std::size_t i = 0; i < charges.size(); ++i) {
        const config::Model& model = snapshot.model(charges[i].model);
        telemetry::AttemptSpan& span = spans.emplace_back(
            span_of(snapshot.provider(model.provider), outcome.traced[i], outcome.attempt_codes[i], calendar));
        span.operation = operation_of(model);
        span.request_model = model.upstream_name;
    }
    if (outcome.passed_on && !outcome.traced.empty()) {
        const std::string_view name = outcome.passed_on->name;
        const std::size_t slash = name.find('/');
        const auto is_named = [owner = name.substr(0, slash)](const config::Provider& provider) { return provider.name == owner; };
        const auto provider = std::find_if(snapshot.providers.begin(), snapshot.providers.end(), is_named);
        const std::string_view code = outcome.error ? outcome.error->code() : std::string_view("ok");
        telemetry::AttemptSpan& span = spans.emplace_back(span_of(*provider, outcome.traced.front(), code, calendar));
        span.operation = name.substr(slash + 1);
        span.request_model = std::string_view(outcome.passed_on->asked_model).substr(0, kTextBytesMax);
    }
    return spans;
}

/// The path of what was asked as a name that stands for all such requests; empty where nobody serves it.
std::string route_of(const RequestContext& context) {
    const std::string_view path = path_of(context.exchange.target());
    if (const auto& passed = context.outcome.passed_on) {
        return "/v1/" + passed->name.substr(passed->name.find('/') + 1) + "/{path}";
    }
    return std::string(route_template(route_path(context.exchange.method(), path).endpoint, path));
}

}  // namespace

void export_spans(RequestContext& context, const telemetry::DecisionRecord& record, RequestOutcome how, SteadyTime now,
                  telemetry::SpanQueue& spans) {
    const Calendar calendar(now);
    const std::string route = route_of(context);
    telemetry::RequestSpan request;
    request.context = context.trace.context();
    request.parent = context.trace.parent();
    request.tracestate = context.trace.tracestate();
    request.method = span_method(record.method);
    request.route = route;
    request.began = calendar.at(context.exchange.began_at());
    request.ended = calendar.at(now);
    request.failed = how == RequestOutcome::UpstreamError || how == RequestOutcome::InternalError;
    const std::vector<telemetry::AttemptSpan> attempts = attempt_spans(context.snapshot(), context.outcome, calendar);
    TextBuffer& written = context.scratch.record;
    written.clear();
    telemetry::SpanQueue::Batch batch;
    batch.count = telemetry::write_request_spans(record, request, asked_for(context.plan()), attempts, written);
    batch.spans = written.to_string();
    const std::size_t count = batch.count;
    if (!spans.add(std::move(batch))) {
        context.meters.count_dropped_spans(count);
    }
}

}  // namespace tierway::gateway
