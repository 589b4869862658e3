#pragma once

#include <array>
#include <string>
#include <string_view>

#include "tierway/config/snapshot.hpp"
#include "tierway/telemetry/trace_context.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::gateway {

/// The trace that one request belongs to, and what providers learn of it. With a collector the request is a span of the caller's
/// trace, or begins one, and every attempt a span below it, whose name goes to the provider. Without one the caller's own
/// `traceparent` and `tracestate` pass as they came. What is not valid counts as absent. Lives as long as the request's head.
class RequestTrace {
public:
    /// All of them must outlive it.
    RequestTrace(const config::Tracing& settings, const wire::HttpFields& fields, telemetry::TraceIdSource& ids);

    /// Whether its spans are made.
    [[nodiscard]] bool is_recorded() const noexcept { return settings_.is_on() && context_.is_sampled(); }
    /// Empty: the request belongs to none.
    [[nodiscard]] std::string_view trace_id() const noexcept {
        return context_.trace.is_valid() ? std::string_view(trace_text_.data(), trace_text_.size()) : std::string_view();
    }
    /// Of the request's span. REQUIRES: `is_recorded`.
    [[nodiscard]] const telemetry::TraceContext& context() const noexcept { return context_; }
    /// The caller's span; not valid: the trace begins here.
    [[nodiscard]] telemetry::SpanId parent() const noexcept { return parent_; }
    [[nodiscard]] std::string_view tracestate() const noexcept { return joined_.empty() ? tracestate_ : joined_; }

    /// Names the span of an attempt; not valid without a collector.
    [[nodiscard]] telemetry::SpanId next_span() const noexcept;
    /// Appends what the provider of an attempt is told, as far as the configuration allows. \param attempt as `next_span` named it.
    void append_fields(const config::Provider& provider, telemetry::SpanId attempt, std::string& head) const;

private:
    void read_tracestate(const wire::HttpFields& fields);

    const config::Tracing& settings_;
    telemetry::TraceIdSource& ids_;
    std::string_view traceparent_;  ///< As it came; empty: none that is valid.
    std::string_view tracestate_;
    std::string joined_;  ///< Several fields `tracestate` in one.
    telemetry::TraceContext context_;
    telemetry::SpanId parent_;
    std::array<char, telemetry::TraceId::kTextSize> trace_text_{};
};

}  // namespace tierway::gateway
