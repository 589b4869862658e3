#include "gateway/stream_relay.hpp"

#include <array>
#include <utility>

namespace tierway::gateway {
namespace {

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

StreamRelay::StreamRelay(RequestContext& context, UpstreamCall& call, StreamMachine& machine, StreamHooks hooks, bool drain)
    : context_(context), call_(call), machine_(machine), hooks_(std::move(hooks)), drain_(drain) {}

net::Task<Result<void>> StreamRelay::run() {
    bool last = false;
    while (!machine_.done() && !last) {
        auto batch = co_await call_.read(machine_.deadline(now()));
        if (!batch) {
            co_return machine_.read_failure(batch.error());
        }
        last = batch->last;
        const Result<void> taken = machine_.take(batch->pieces);
        note_content();
        // What came before a fatal event of the same batch belongs to the client all the same.
        if (machine_.wants_to_send() && (taken || committed_)) {
            const bool sent = co_await send_pending();
            client_left_ = client_left_ || !sent;
            if (client_left_ && !drain_) {
                co_return Error::client_gone();
            }
        }
        if (!taken) {
            co_return taken;
        }
    }
    auto ended = machine_.check_end();
    if (ended && last) {
        call_.give_back();
    } else if (ended) {
        call_.give_back_when_drained();
    }
    co_return client_left_ ? Result<void>(Error::client_gone()) : ended;
}

void StreamRelay::note_content() {
    if (machine_.content_seen() && !std::exchange(content_noted_, true)) {
        if (!context_.outcome.first_content_at) {
            context_.outcome.first_content_at = now();
        }
        hooks_.content();
    }
}

net::Task<bool> StreamRelay::send_pending() {
    if (!std::exchange(committed_, true)) {
        hooks_.commit();
    }
    bool sent = false;
    if (!client_left_) {
        const std::array<std::string_view, 1> pieces{machine_.pending()};
        const std::span<const std::string_view> span(pieces);
        sent = co_await context_.exchange.write(span);
    }
    machine_.sent();
    co_return sent;
}

}  // namespace tierway::gateway
