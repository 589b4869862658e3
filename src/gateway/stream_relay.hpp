#pragma once

#include <functional>

#include "gateway/request_context.hpp"
#include "gateway/stream_machine.hpp"
#include "gateway/upstream_call.hpp"

namespace tierway::gateway {

/// What the relay tells its owner while it runs.
struct StreamHooks {
    std::function<void()> content;  ///< Once: the answer has begun.
    std::function<void()> commit;   ///< Once: before the first bytes go to the client. Begins the answer's stream.
};

/// Drives one `StreamMachine`: reads from the provider's connection when the machine says how long it may take, and writes to the
/// client what the machine lets go. Nothing is read while a write waits, so a slow reader slows its provider down.
class StreamRelay {
public:
    /// \param drain read on to the end when the client leaves, so that what the answer costs is known.
    StreamRelay(RequestContext& context, UpstreamCall& call, StreamMachine& machine, StreamHooks hooks, bool drain);

    /// Until the stream is complete. Errors: the provider's error event, truncation, stall, malformed events; ClientGone.
    net::Task<Result<void>> run();

    /// Whether the client has seen bytes of this answer: from then on nothing can be taken back.
    [[nodiscard]] bool committed() const noexcept { return committed_; }

private:
    net::Task<bool> send_pending();
    void note_content();

    RequestContext& context_;
    UpstreamCall& call_;
    StreamMachine& machine_;
    StreamHooks hooks_;
    bool drain_;
    bool content_noted_ = false;
    bool committed_ = false;
    bool client_left_ = false;
};

}  // namespace tierway::gateway
