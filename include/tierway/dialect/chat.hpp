#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/chat_request.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/reply.hpp"
#include "tierway/wire/json_view.hpp"

/// OpenAI Chat Completions (WIRE.md section 1), the form in which the gateway judges and relays answers. Beside what the API has, an
/// answer may hold `reasoning_content` and `reasoning_details` (docs/dialects.md). Pure.
namespace tierway::dialect::chat {

/// What a request says, for providers of another dialect. REQUIRES: `read_chat_request` accepted it.
/// Errors: InvalidRequest for content parts that are no such.
Result<Conversation> read_conversation(const ChatRequest& request);

/// The same conversation as a request body, for the decision core and, edited, for the models of this dialect.
/// Left out: `top_k`, `metadata`, stop sequences beyond four, all reasoning but DeepSeek's, marks for caching.
std::string write_request(const Conversation& conversation, Omissions& omissions);

/// REQUIRES: `read_chat_answer` accepted it.
Reply read_reply(const wire::JsonValue& body);
std::string write_reply(const Reply& reply);

/// Takes the chunks of one stream apart. REQUIRES: `ChatStreamReader` accepted them.
class StreamReader {
public:
    /// Appends what the chunk means to `events`.
    void read(const wire::JsonValue& chunk, std::vector<ReplyEvent>& events);

private:
    /// A tool call that has begun.
    struct Call {
        std::int64_t choice = 0;
        std::optional<std::int64_t> index;  ///< As the provider counts.
        std::string id;
        std::int64_t position = 0;  ///< As we count.
    };

    void read_choice(const wire::JsonValue& value, std::vector<ReplyEvent>& events);
    void read_call(std::int64_t choice, const wire::JsonValue& call, std::vector<ReplyEvent>& events);

    void read_reasoning_pieces(const wire::JsonValue& delta, std::int64_t choice, std::vector<ReplyEvent>& events);

    std::vector<Call> calls_;
    std::string thought_;  ///< Readable, since the last seal.
    bool begun_ = false;
};

/// Makes the chunks of one stream, without `data:` and blank line.
class StreamWriter {
public:
    /// \returns whether the event is a chunk; then `chunk` was replaced by it.
    bool write(const ReplyEvent& event, std::string& chunk);

private:
    void write_delta(JsonWriter& json, const ReplyEvent& event);

    std::string id_;
    std::string model_;
    std::string service_tier_;
    std::int64_t created_ = 0;
    std::string thought_;  ///< Readable, since the last seal.
    bool custom_ = false;  ///< The newest tool call is of a custom tool.
};

}  // namespace tierway::dialect::chat
