#include "gateway/spans/request_trace.hpp"

#include <optional>

namespace tierway::gateway {
namespace {

constexpr std::string_view kTraceparent = "traceparent";
constexpr std::string_view kTracestate = "tracestate";

}  // namespace

RequestTrace::RequestTrace(const config::Tracing& settings, const wire::HttpFields& fields, telemetry::TraceIdSource& ids)
    : settings_(settings), ids_(ids) {
    std::size_t named = 0;
    for (const wire::HttpField& field : fields) {
        if (wire::equals_ignoring_case(field.name, kTraceparent)) {
            traceparent_ = field.value;
            ++named;
        }
    }
    const auto inbound = named == 1 ? telemetry::read_traceparent(traceparent_) : std::nullopt;
    if (inbound) {
        context_ = *inbound;
        parent_ = inbound->span;
        read_tracestate(fields);
    } else {
        traceparent_ = {};
    }
    if (settings.is_on()) {
        if (!inbound) {
            context_.trace = ids_.next_trace();
            context_.flags = telemetry::is_sampled(context_.trace, settings.sample) ? telemetry::TraceContext::kSampled : 0;
        }
        context_.span = ids_.next_span();
    }
    if (context_.trace.is_valid()) {
        trace_text_ = context_.trace.text();
    }
}

void RequestTrace::read_tracestate(const wire::HttpFields& fields) {
    for (const wire::HttpField& field : fields) {
        if (!wire::equals_ignoring_case(field.name, kTracestate)) {
            continue;
        }
        if (tracestate_.empty()) {
            tracestate_ = field.value;
        } else if (joined_.size() <= telemetry::kTracestateBytesMax) {
            joined_.append(joined_.empty() ? tracestate_ : std::string_view()).append(",").append(field.value);
        }
    }
    if (!telemetry::is_valid_tracestate(tracestate())) {
        tracestate_ = {};
        joined_.clear();
    }
}

telemetry::SpanId RequestTrace::next_span() const noexcept {
    return settings_.is_on() ? ids_.next_span() : telemetry::SpanId();
}

void RequestTrace::append_fields(const config::Provider& provider, telemetry::SpanId attempt, std::string& head) const {
    if (!context_.trace.is_valid() || settings_.propagate == config::Propagation::Off ||
        (settings_.propagate == config::Propagation::Inside && provider.boundary != config::Boundary::Inside)) {
        return;
    }
    head.append(kTraceparent).append(": ");
    if (settings_.is_on()) {
        telemetry::append_traceparent(head, {context_.trace, attempt, context_.flags});
    } else {
        head.append(traceparent_);
    }
    head.append("\r\n");
    if (!tracestate().empty()) {
        head.append(kTracestate).append(": ").append(tracestate()).append("\r\n");
    }
}

}  // namespace tierway::gateway
