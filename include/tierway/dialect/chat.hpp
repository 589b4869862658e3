#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/reply.hpp"
#include "tierway/wire/json_view.hpp"

/// OpenAI Chat Completions (WIRE.md section 1), the form in which the gateway judges and relays answers. Beside what the API has, an
/// answer may hold `reasoning_content` and `reasoning_details` (docs/dialects.md). Pure.
namespace tierway::dialect::chat {

/// What a request says, for providers of another dialect. REQUIRES: `read_chat_request` accepted it.
/// Errors: InvalidRequest for content parts that are no such.
Result<Conversation> read_conversation(const ChatRequest& request);

/// The same conversation as a request body, for the models of this dialect and for the decision core.
std::string write_request(const Conversation& conversation, const ModelRules& rules, Omissions& omissions);

/// REQUIRES: `read_chat_answer` accepted it.
Reply read_reply(const wire::JsonValue& body);
std::string write_reply(const Reply& reply);

/// Takes a chunk apart. REQUIRES: `ChatStreamReader` accepted it.
class StreamReader {
public:
    void read(const wire::JsonValue& chunk, std::vector<ReplyEvent>& events);
};

/// Makes the chunks of a stream, without `data:` and blank line.
class StreamWriter {
public:
    /// \returns whether the event is a chunk; then `chunk` was replaced by it.
    bool write(const ReplyEvent& event, std::string& chunk);
};

}  // namespace tierway::dialect::chat
