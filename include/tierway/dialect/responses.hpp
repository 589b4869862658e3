#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/reply.hpp"
#include "tierway/wire/json_view.hpp"

/// OpenAI Responses (WIRE.md section 2), as a door and as a provider. Pure.
namespace tierway::dialect::responses {

/// Reads the body of `POST /v1/responses`. Hosted tools and stored prompts are `only_native`. Errors: InvalidRequest with the offending
/// member as param; `unsupported_parameter` for what needs the vendor's state (`previous_response_id`, `conversation`,
/// `item_reference`, `background`; WIRE.md section 2.4).
Result<Conversation> read_request(const wire::JsonValue& body);

/// The body for a provider. Errors: InvalidRequest, `unsupported_parameter`, for what it cannot express and must not drop.
Result<std::string> write_request(const Conversation& conversation, const ModelRules& rules, Omissions& omissions);

/// Errors: UpstreamMalformed; the provider's error when it is one inside a 200.
Result<Reply> read_reply(const wire::JsonValue& body, std::string_view provider_name);

/// A provider's stream. One for each stream; pure and bounded by what it is fed.
class StreamReader {
public:
    /// \param name the event's name (empty: the dialect has none), \param data its payload. Appends what it means to `events`;
    /// unknown events mean nothing. Errors: the provider's error event; UpstreamMalformed.
    Result<void> read(std::string_view name, const wire::JsonValue& data, std::string_view provider_name,
                      std::vector<ReplyEvent>& events);
};

/// What a client's answer repeats of its request: the members of the response object that echo it (`instructions`, `tools`, `text`,
/// `metadata`, `reasoning` …), as JSON members beginning with a comma.
std::string echo_of(const wire::JsonValue& request);

/// The whole answer for a client. \param id of the response, "resp_…". \param model what is told as the answering one.
std::string write_reply(const Reply& reply, std::string_view id, std::string_view model, std::string_view echo);

/// A client's stream: events with their `event:` lines and sequence numbers, one blank line behind each.
class StreamWriter {
public:
    /// As `write_reply`.
    StreamWriter(std::string_view id, std::string_view model, std::string echo);
    void write(const ReplyEvent& event, std::string& out);
    /// Closes what is open, then the terminal event with the usage. REQUIRES: a Finish was written.
    void end(const ReplyEnd& end, std::string& out);
};

}  // namespace tierway::dialect::responses
