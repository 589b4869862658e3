#include "gateway/error_answer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "gateway/disclosure.hpp"
#include "gateway/rate_headers.hpp"
#include "tierway/base/time_text.hpp"
#include "tierway/dialect/error_body.hpp"
#include "tierway/net/drain.hpp"

namespace tierway::gateway {
namespace {

/// SDKs read whole seconds and distrust long waits (WIRE.md section 0.4).
constexpr std::int64_t kRetrySecondsMax = 60;

void add_retry_hint(const Error& error, const Outcome& outcome, unsigned status, net::HeaderBlock& headers) {
    if (error.kind() == ErrorKind::BudgetExceeded || error.kind() == ErrorKind::TooExpensive || error.code() == "request_exceeds_rate_limit" ||
        (status == 429 && error.code() == "insufficient_quota")) {
        headers.add("x-should-retry", "false");
        return;
    }
    if (status != 429 && status != 503 && (status < 500 || !outcome.retry_after)) {
        return;
    }
    const Milliseconds wait = outcome.retry_after.value_or(Milliseconds{1'000});
    const std::int64_t seconds = std::clamp<std::int64_t>((wait.count() + 999) / 1'000, 1, kRetrySecondsMax);
    headers.add("Retry-After", seconds);
    headers.add("retry-after-ms", std::clamp<std::int64_t>(wait.count(), 1, kRetrySecondsMax * 1'000));
}

std::string error_event(RequestContext& context, const Error& error, const std::string& disclosure, dialect::DoorStream* stream) {
    if (stream == nullptr) {
        return dialect::door_error_event(context.door().door(), error, context.id.view(), disclosure);
    }
    std::string event;
    stream->fail(error, {disclosure, true}, context.id.view(), event);
    return event;
}

}  // namespace

net::Task<> answer_error(RequestContext& context, Error error, bool stream_begun, dialect::DoorStream* stream) {
    Outcome& outcome = context.outcome;
    if (error.kind() == ErrorKind::ClientGone && !context.exchange.client_gone() && context.exchange.shutting_down()) {
        // It was us who cancelled the call.
        error = net::server_shutting_down();
    }
    outcome.error = error;
    if (error.kind() == ErrorKind::ClientGone) {
        outcome.status = dialect::http_status(error);
        context.exchange.abandon();
        co_return;
    }
    const SteadyTime now = std::chrono::steady_clock::now();
    const DisclosureInput input{context.snapshot(), context.id.view(),      context.plan(),       outcome,
                                true,               context.overhead(now), context.door().door()};
    if (stream_begun) {
        const std::string event = error_event(context, error, disclosure_object(input), stream);
        const std::array<std::string_view, 1> pieces{event};
        const std::span<const std::string_view> span(pieces);
        co_await context.exchange.write(span);
        context.exchange.abandon();
        co_return;
    }
    const unsigned status = dialect::http_status(error);
    net::HeaderBlock& headers = context.scratch.headers;
    headers.clear();
    headers.add("Content-Type", "application/json");
    add_disclosure(input, headers);
    headers.add_all(context.relayed_headers);
    add_rate_limits(context, headers);
    add_retry_hint(error, outcome, status, headers);
    if (status == 401) {
        headers.add("WWW-Authenticate", "Bearer");  // RFC 9110 section 15.5.2 wants to know how to do better.
    }
    std::string extra;
    if (const auto resets_at = context.ledger.resets_at()) {
        extra = ",\"resets_at\":\"" + rfc3339(*resets_at) + '"';
    }
    if (error.kind() == ErrorKind::TooExpensive) {
        extra = ",\"estimate_usd\":" + context.plan().gate.estimate.to_string();
    }
    const std::string body = dialect::door_error_body(context.door().door(), error, context.id.view(), extra);
    const std::array<std::string_view, 1> pieces{body};
    const std::span<const std::string_view> span(pieces);
    outcome.status = status;
    co_await context.exchange.respond(status, headers, span);
}

}  // namespace tierway::gateway
