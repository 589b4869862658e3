#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/reply.hpp"
#include "tierway/wire/json_view.hpp"

/// Anthropic Messages (WIRE.md section 4), as a door and as a provider. Pure.
namespace tierway::dialect::anthropic {

/// Reads the body of `POST /v1/messages`. Server tools, containers and the like are `only_native`.
/// \param needs_output_limit false for `/count_tokens`, which has no `max_tokens`.
/// Errors: InvalidRequest with the offending member as param, for what the API itself refuses.
Result<Conversation> read_request(const wire::JsonValue& body, bool needs_output_limit = true);

/// The body for a provider. Errors: InvalidRequest, `unsupported_parameter`, for what it cannot express and must not drop.
Result<std::string> write_request(const Conversation& conversation, const ModelRules& rules, Omissions& omissions);

/// Errors: UpstreamMalformed; the provider's error when it is one inside a 200.
Result<Reply> read_reply(const wire::JsonValue& body, std::string_view provider_name);

/// The whole answer for a client. \param model what is told as the answering one.
std::string write_reply(const Reply& reply, std::string_view model);

/// A provider's stream. One for each stream; pure and bounded by what it is fed.
class StreamReader {
public:
    /// \param name the event's name, \param data its payload. Appends what it means to `events`; unknown events mean nothing.
    /// Errors: the provider's error event; UpstreamMalformed.
    Result<void> read(std::string_view name, const wire::JsonValue& data, std::string_view provider_name,
                      std::vector<ReplyEvent>& events);
};

/// A client's stream: events with their `event:` lines, one blank line behind each.
class StreamWriter {
public:
    explicit StreamWriter(std::string_view model);
    void write(const ReplyEvent& event, std::string& out);
    /// Closes what is open, with usage and stop reason. REQUIRES: a Finish was written.
    void end(const ReplyEnd& end, std::string& out);
};

/// {"type":"error","error":{"type","message"},"request_id"}; beside what the API has, `error` holds `code` and `param`, and
/// `extra`: further members as JSON text beginning with a comma.
std::string error_body(const Error& error, std::string_view request_id, std::string_view extra = {});

}  // namespace tierway::dialect::anthropic
