#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "gateway/request_context.hpp"
#include "gateway/upstream_call.hpp"
#include "tierway/dialect/chat_stream.hpp"
#include "tierway/wire/sse_decoder.hpp"

namespace tierway::gateway {

enum class StreamMode : std::uint8_t {
    Hold,   ///< Keep every event: the answer is to be judged.
    Relay,  ///< Send events on from the first content event (the commit point); keep only the preamble before it.
};

/// Reads one provider stream to its end, turning its events into the client's: edited, re-encoded, without what the client did
/// not ask for. What may still be taken back is kept; nothing else is.
class StreamRelay {
public:
    /// \param commit called before the first bytes are written to the client: begins the answer's stream.
    StreamRelay(RequestContext& context, UpstreamCall& call, StreamMode mode, std::function<void()> commit);

    /// Until the stream is complete. Errors: the provider's error event, truncation, stall, malformed events; ClientGone.
    net::Task<Result<void>> run();

    /// Whether the client has seen bytes of this answer: from then on nothing can be taken back.
    [[nodiscard]] bool committed() const noexcept { return committed_; }
    /// Encoded events that were not sent.
    [[nodiscard]] std::string& pending() noexcept { return pending_; }
    [[nodiscard]] std::string& usage_chunk() noexcept { return usage_chunk_; }
    [[nodiscard]] const dialect::ChatStreamReader& reader() const noexcept { return reader_; }

private:
    net::Task<bool> send_pending();
    Result<void> take_batch(const net::BodyBatch& batch);
    Result<void> take_event(const wire::SseEvent& event);
    Result<void> take_malformed();
    void append_event(std::string_view data, const wire::JsonValue& chunk, const dialect::ChunkFacts& facts);
    Result<void> check_end() const;
    SteadyTime next_deadline(SteadyTime first_content_deadline) const;

    RequestContext& context_;
    UpstreamCall& call_;
    StreamMode mode_;
    std::function<void()> commit_;
    wire::SseDecoder decoder_;
    dialect::ChatStreamReader reader_;
    std::string_view provider_name_;
    std::string pending_;
    std::string usage_chunk_;
    unsigned malformed_ = 0;
    bool content_seen_ = false;
    bool committed_ = false;
    bool done_ = false;
};

}  // namespace tierway::gateway
