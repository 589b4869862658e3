#include "gateway/stream_relay.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tierway::gateway {
namespace {

/// Malformed events of one stream that are dropped before it counts as broken (RELIABILITY.md section 6.7).
constexpr unsigned kMalformedMax = 3;
/// What a stream may bring before its first content (RELIABILITY.md section 6.1).
constexpr std::size_t kPreambleBytesMax = std::size_t{256} * 1024;
/// Bound on a held answer, encoded.
constexpr std::size_t kHeldBytesMax = std::size_t{16} << 20U;

Error malformed(std::string_view what) {
    return Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed",
                           "The provider's stream is not valid: " + std::string(what) + ".");
}

}  // namespace

StreamRelay::StreamRelay(RequestContext& context, UpstreamCall& call, StreamMode mode, std::function<void()> commit)
    : context_(context),
      call_(call),
      mode_(mode),
      commit_(std::move(commit)),
      reader_(mode == StreamMode::Hold),
      provider_name_(context.snapshot().provider(context.snapshot().model(call.model()).provider).name) {}

SteadyTime StreamRelay::next_deadline(SteadyTime first_content_deadline) const {
    return content_seen_ ? std::chrono::steady_clock::now() + call_.timeouts().idle : first_content_deadline;
}

net::Task<Result<void>> StreamRelay::run() {
    const SteadyTime first_content_deadline = std::chrono::steady_clock::now() + call_.timeouts().first_content;
    bool last = false;
    while (!done_ && !last) {
        auto batch = co_await call_.read(next_deadline(first_content_deadline));
        if (!batch) {
            const bool silent = !content_seen_ && batch.error().kind() == ErrorKind::UpstreamStalled;
            co_return silent ? Error::upstream(ErrorKind::UpstreamTimeout, "upstream_timeout",
                                               "The provider's stream brought no content in time.")
                             : batch.error();
        }
        last = batch->last;
        const Result<void> taken = take_batch(*batch);
        // What came before a fatal event of the same batch belongs to the client all the same.
        if (mode_ == StreamMode::Relay && content_seen_ && !pending_.empty() && (taken || committed_)) {
            const bool sent = co_await send_pending();
            if (!sent) {
                co_return Error::downstream(ErrorKind::ClientGone, "client_gone", "The client left.");
            }
        }
        if (!taken) {
            co_return taken;
        }
    }
    auto ended = check_end();
    if (ended && last) {
        call_.give_back();
    } else if (ended) {
        call_.give_back_when_drained();
    }
    co_return ended;
}

net::Task<bool> StreamRelay::send_pending() {
    if (!std::exchange(committed_, true)) {
        commit_();
    }
    const std::array<std::string_view, 1> pieces{pending_};
    const std::span<const std::string_view> span(pieces);
    const bool sent = co_await context_.exchange.write(span);
    pending_.clear();
    co_return sent;
}

Result<void> StreamRelay::take_batch(const net::BodyBatch& batch) {
    wire::SseEvent event;
    for (const std::string_view piece : batch.pieces) {
        decoder_.feed(piece);
        while (true) {
            const wire::SseDecoder::Status status = decoder_.next(event);
            if (status == wire::SseDecoder::Status::NeedInput) {
                break;
            }
            if (status == wire::SseDecoder::Status::TooLarge) {
                return malformed("an event is too large");
            }
            if (auto taken = take_event(event); !taken) {
                return taken;
            }
            if (done_) {
                return {};
            }
        }
    }
    return {};
}

Result<void> StreamRelay::take_event(const wire::SseEvent& event) {
    if (event.kind == wire::SseEvent::Kind::Comment) {
        if (committed_) {
            pending_ += ": keep-alive\n\n";
        }
        return {};
    }
    wire::JsonValue chunk;
    const bool end_marker = event.data == "[DONE]";
    if (!end_marker) {
        auto parsed = context_.scratch.answer_json.parse(event.data);
        if (!parsed || !parsed->is_object()) {
            return take_malformed();
        }
        chunk = *parsed;
    }
    auto facts = reader_.read(event.data, chunk, provider_name_);
    if (!facts) {
        return facts.error().kind() == ErrorKind::UpstreamMalformed ? take_malformed() : Result<void>(facts.error());
    }
    if (facts->done) {
        done_ = true;
        return {};
    }
    if (facts->content && !std::exchange(content_seen_, true) && !context_.outcome.first_content_at) {
        context_.outcome.first_content_at = std::chrono::steady_clock::now();
    }
    append_event(event.data, chunk, *facts);
    if (pending_.size() > (content_seen_ ? kHeldBytesMax : kPreambleBytesMax)) {
        return malformed(content_seen_ ? "the answer is too large to be held" : "too much came before the first content");
    }
    return {};
}

Result<void> StreamRelay::take_malformed() {
    context_.meters.count_malformed_event(call_.model());
    if (!content_seen_) {
        return malformed("an event is not a JSON chunk");
    }
    // Between pieces of a tool call a lost event would change its arguments unnoticed.
    if (++malformed_ > kMalformedMax || reader_.inside_tool_call()) {
        return malformed("events are not JSON chunks");
    }
    return {};
}

void StreamRelay::append_event(std::string_view data, const wire::JsonValue& chunk, const dialect::ChunkFacts& facts) {
    const dialect::ChatRequest& request = context_.plan().request;
    if (facts.usage_only && !request.include_usage) {
        return;
    }
    dialect::AnswerEdits wanted;
    wanted.model = context_.runtime->name_json(call_.model());
    wanted.strip_usage = !request.include_usage;
    wanted.strip_logprobs = call_.forced_logprobs();
    Scratch& scratch = context_.scratch;
    scratch.edits.clear();
    dialect::edit_answer(chunk, wanted, scratch.edits);
    scratch.pieces.clear();
    scratch.edits.gather(data, scratch.pieces);
    std::string& out = facts.usage_only ? usage_chunk_ : pending_;
    if (!facts.usage_only) {
        out += "data: ";
    }
    const std::size_t begin = out.size();
    for (const std::string_view piece : scratch.pieces) {
        out.append(piece);
    }
    if (data.find('\n') != std::string_view::npos) {
        // The event came as several `data:` lines. In JSON a line feed between tokens is white space, and within a string it is
        // escaped.
        std::replace(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), '\n', ' ');
    }
    if (!facts.usage_only) {
        out += "\n\n";
    }
}

Result<void> StreamRelay::check_end() const {
    // A finish reason is what makes an answer whole: `[DONE]` alone does not, and its absence alone does not hurt.
    if (reader_.complete()) {
        return {};
    }
    return Error::upstream(ErrorKind::UpstreamTruncated, "upstream_truncated",
                           "The provider's stream ended before the answer was complete.");
}

}  // namespace tierway::gateway
