#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/dialect/anthropic.hpp"
#include "tierway/dialect/chat.hpp"
#include "tierway/dialect/completions.hpp"
#include "tierway/dialect/dialect.hpp"
#include "tierway/dialect/responses.hpp"

/// What a client of another door than Chat says and hears: the gateway itself thinks in Chat.
namespace tierway::dialect {

/// What a door's answers repeat of the request. Empty for doors that repeat nothing.
using DoorEcho = responses::Echo;
DoorEcho echo_of(Dialect door, const wire::JsonValue& request);

/// What a door's answers hold beside the model's words.
struct DoorTerms {
    Dialect door = Dialect::Chat;
    std::string id;     ///< Unique; what the answer's own id is made of, where the door's dialect does not take the provider's.
    std::string model;  ///< What is told as the answering one.
    DoorEcho echo;
    bool include_usage = true;  ///< Whether a stream tells its usage, at doors whose clients choose.
};

/// A request through a door other than Chat.
Result<Conversation> read_door_request(Dialect door, const wire::JsonValue& body);

/// A whole Chat answer in the door's words. REQUIRES: not Chat.
std::string write_door_answer(const DoorTerms& terms, const wire::JsonValue& chat_answer);

/// The chunks of a Chat stream in the door's words. One for each answer, also when another model goes on with it.
/// REQUIRES: not Chat.
class DoorStream {
public:
    explicit DoorStream(DoorTerms terms);

    /// \param out gets the events that the chunk amounts to, encoded.
    void take(const wire::JsonValue& chunk, std::string& out);
    /// The last events. REQUIRES: a finish reason was among the chunks.
    void end(const ReplyEnd& end, std::string& out);
    /// Instead of `end`: tells that the answer broke off.
    void fail(const Error& error, const ReplyEnd& end, std::string_view request_id, std::string& out);

private:
    chat::StreamReader reader_;
    std::variant<responses::StreamWriter, anthropic::StreamWriter, completions::StreamWriter> writer_;
    std::vector<ReplyEvent> events_;
};

/// The body of an error response, in the envelope of the door. \param extra further members of its inner object, as JSON text that
/// begins with a comma.
std::string door_error_body(Dialect door, const Error& error, std::string_view request_id, std::string_view extra);

/// An error inside a stream of which nothing but comments, or events of the provider's own, was sent: as an encoded event.
/// \param disclosure the `tierway` object as JSON; may be empty.
std::string door_error_event(Dialect door, const Error& error, std::string_view request_id, std::string_view disclosure);

}  // namespace tierway::dialect
