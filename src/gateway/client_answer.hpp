#pragma once

#include <optional>
#include <string>

#include "gateway/answer.hpp"
#include "gateway/keepalive.hpp"
#include "gateway/request_context.hpp"

namespace tierway::gateway {

/// Phase 8: what goes to the client, and what it already has. One for each request.
class ClientAnswer {
public:
    explicit ClientAnswer(RequestContext& context);

    /// Keeps a streaming client's connection alive with comments until `disarm` or `commit`.
    void arm_keepalive();
    void disarm_keepalive();

    /// Events of the answer are about to be written: nothing can be taken back from now on.
    void commit(config::ModelId model, config::TierId tier);
    [[nodiscard]] bool committed() const noexcept { return committed_; }
    /// The head of a streamed answer is out, or about to be: errors are events from now on.
    [[nodiscard]] bool begun() const noexcept { return begun_; }

    /// The whole answer, or what is left of a stream, with the disclosure.
    net::Task<> send(Answer& answer);
    /// The error, as a response or as the last event of what has begun. \param stream that wrote it, if one did.
    net::Task<> send_error(Error error, dialect::DoorStream* stream);

private:
    void fill_headers(bool final);
    void begin_stream(bool final);
    net::Task<> send_stream_rest(Answer& answer);

    RequestContext& context_;
    std::optional<KeepAlive> keepalive_;
    bool begun_ = false;
    bool committed_ = false;
};

}  // namespace tierway::gateway
