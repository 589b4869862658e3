#include "gateway/client_answer.hpp"

#include <array>
#include <utility>

#include "gateway/disclosure.hpp"
#include "gateway/error_answer.hpp"
#include "gateway/rate_headers.hpp"

namespace tierway::gateway {
namespace {

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

/// Ends a stream, and tells who answered and what it cost, in the words of its door.
void append_end(Answer& answer, const std::string& disclosure, std::string& out) {
    if (answer.door_stream) {
        answer.door_stream->end({disclosure, true}, out);
        return;
    }
    if (!answer.last_event.empty()) {
        out.append(": tierway ").append(disclosure).append("\n\n").append(answer.last_event);
        return;
    }
    if (answer.usage_chunk.empty()) {
        out.append(": tierway ").append(disclosure).append("\n\n");
    } else {
        // The usage chunk is an object with members, so its last byte but white space is the closing brace.
        const std::size_t brace = answer.usage_chunk.rfind('}');
        out.append("data: ").append(answer.usage_chunk, 0, brace).append(R"(,"tierway":)").append(disclosure).append("}\n\n");
    }
    out += "data: [DONE]\n\n";
}

}  // namespace

ClientAnswer::ClientAnswer(RequestContext& context) : context_(context) {}

void ClientAnswer::arm_keepalive() {
    keepalive_.emplace(context_.exchange, context_.snapshot().server, [this] { begin_stream(false); });
}

void ClientAnswer::disarm_keepalive() {
    if (keepalive_) {
        keepalive_->disarm();
    }
}

void ClientAnswer::commit(config::ModelId model, config::TierId tier) {
    disarm_keepalive();
    context_.outcome.model = model;
    context_.outcome.tier = tier;
    if (!std::exchange(committed_, true)) {
        begin_stream(false);
    }
}

net::Task<> ClientAnswer::send_error(Error error, dialect::DoorStream* stream) {
    dialect::DoorStream* const writer = committed_ ? stream : nullptr;
    co_await answer_error(context_, std::move(error), begun_, writer);
}

void ClientAnswer::fill_headers(bool final) {
    net::HeaderBlock& headers = context_.scratch.headers;
    const DisclosureInput input{context_.snapshot(), context_.id.view(),       context_.plan(),       context_.outcome,
                                final,               context_.overhead(now()), context_.door().door()};
    add_disclosure(input, headers);
    headers.add_all(context_.relayed_headers);
    add_rate_limits(context_, headers);
}

void ClientAnswer::begin_stream(bool final) {
    if (std::exchange(begun_, true)) {
        return;
    }
    net::HeaderBlock& headers = context_.scratch.headers;
    headers.clear();
    headers.add("Content-Type", "text/event-stream");
    headers.add("Cache-Control", "no-cache");
    fill_headers(final);
    context_.outcome.status = 200;
    context_.exchange.begin_stream(200, headers);
}

net::Task<> ClientAnswer::send(Answer& answer) {
    Outcome& outcome = context_.outcome;
    outcome.model = answer.model;
    outcome.tier = answer.tier;
    outcome.upstream_model = answer.content.model;
    context_.relayed_headers = answer.relayed_headers;
    if (context_.plan().request.stream) {
        co_await send_stream_rest(answer);
        co_return;
    }
    net::HeaderBlock& headers = context_.scratch.headers;
    headers.clear();
    headers.add("Content-Type", "application/json");
    fill_headers(true);
    const std::array<std::string_view, 1> pieces{answer.bytes};
    const std::span<const std::string_view> body(pieces);
    outcome.status = 200;
    const bool sent = co_await context_.exchange.respond(200, headers, body);
    if (!sent) {
        outcome.error = Error::client_gone();
    }
}

net::Task<> ClientAnswer::send_stream_rest(Answer& answer) {
    begin_stream(true);
    const DisclosureInput input{context_.snapshot(),     context_.id.view(), context_.plan(), context_.outcome, true,
                                context_.overhead(now())};
    const std::string disclosure = disclosure_object(input);
    std::string rest = std::move(answer.bytes);
    append_end(answer, disclosure, rest);
    const std::array<std::string_view, 1> pieces{rest};
    const std::span<const std::string_view> span(pieces);
    bool sent = co_await context_.exchange.write(span);
    if (sent) {
        sent = co_await context_.exchange.finish();
    }
    if (!sent) {
        context_.outcome.error = Error::client_gone();
    }
}

}  // namespace tierway::gateway
