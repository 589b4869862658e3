#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "gateway/answer.hpp"
#include "gateway/keepalive.hpp"
#include "gateway/request_context.hpp"
#include "gateway/upstream_call.hpp"
#include "tierway/upstream/attempt_machine.hpp"

namespace tierway::gateway {

/// Phases 7 and 8 of one request: attempts within the bound tier, judgement, approved escalation, and the answer to the client
/// with its disclosure. Every attempt leaves a line on the bill, however it ends.
class Executor {
public:
    explicit Executor(RequestContext& context);

    /// Until the client has its answer, an error, or is gone; the outcome says which.
    net::Task<> run();

private:
    /// One tier's attempts, until one answers into `answer` or none is left.
    net::Task<Result<void>> try_tier(config::TierId tier, const std::vector<config::ModelId>& targets, bool judged,
                                     Answer& answer);
    net::Task<Result<void>> attempt(Answer& answer, bool judged, std::optional<Milliseconds>& retry_after);
    net::Task<Result<void>> read_whole(UpstreamCall& call, bool judged, Answer& answer);
    net::Task<Result<void>> read_stream(UpstreamCall& call, bool judged, Answer& answer);
    /// Judges the draft and, if it is wanting and the approver agrees, asks the higher tier. \param answer the draft; then what
    /// the client shall get.
    net::Task<Result<void>> decide(Answer*& answer);

    std::size_t charge(config::TierId tier, const UpstreamCall& call, const std::optional<dialect::TokenUsage>& usage,
                       std::size_t answer_text_bytes, const Error* error);
    net::Task<> send_answer(Answer& answer);
    net::Task<> send_stream_rest(Answer& answer);
    void fill_headers(bool final);
    void begin_stream(bool final);

    RequestContext& context_;
    std::optional<KeepAlive> keepalive_;
    bool stream_begun_ = false;      ///< The head of a streamed answer is out, or about to be.
    bool stream_committed_ = false;  ///< Events of an answer are with the client.
};

}  // namespace tierway::gateway
