#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/reply.hpp"
#include "tierway/wire/json_view.hpp"

/// Bedrock's Converse API (WIRE.md section 5.3), as a provider. Its streams are event streams of frames, not of text:
/// `wire::EventStreamDecoder` takes them apart, and the name of an event is the frame's `:event-type` or `:exception-type`. Pure.
namespace tierway::dialect::converse {

/// Behind the base URL: `/model/{model}/converse`, or of a stream `/model/{model}/converse-stream`. The model's name is
/// percent-encoded, since it may be an ARN.
std::string path(std::string_view model, bool stream);

/// The body for a provider; whether the answer is streamed is said by the path alone. What becomes of each member is told in
/// docs/dialects.md. What only some families of models take is written for the model names of Claude (thinking, caching, `top_k`),
/// Nova (caching) and gpt-oss (effort).
/// Left out and told: sampling parameters that the model does not take, `top_k` and `cache_control` where the family has none,
/// `reasoning_effort` where the model does not think or is made to call a tool, penalties, `seed`, `logprobs`, and what only
/// OpenAI's APIs know. `tool_choice` "none" leaves the tools out, but where the history holds calls the API wants the tools, and
/// the choice is left out.
/// Errors: InvalidRequest, `unsupported_parameter`, for what it cannot express and must not drop: several choices, custom tools,
/// media by address or by the name that another provider knows them by, and kinds of media that the API does not list.
Result<std::string> write_request(const Conversation& conversation, const ModelRules& rules, Omissions& omissions);

/// The answer has no id and names no model. Pictures in it are left out.
/// Errors: UpstreamMalformed; UpstreamUnavailable when the model failed at its format; the provider's error when it is one inside a
/// 200.
Result<Reply> read_reply(const wire::JsonValue& body, std::string_view provider_name);

/// A provider's stream. One for each stream; pure and bounded by what it is fed.
class StreamReader {
public:
    /// \param name the event's name, \param data its payload. Appends what it means to `events`; unknown events mean nothing.
    /// Errors: the provider's error for a name that ends in `Exception` (for a frame that the decoder calls an exception by another
    /// name `error_from_provider` makes it likewise); UpstreamMalformed; as `read_reply`.
    Result<void> read(std::string_view name, const wire::JsonValue& data, std::string_view provider_name,
                      std::vector<ReplyEvent>& events);

private:
    /// A content block that is a tool call.
    struct Block {
        std::int64_t index = 0;
        std::int64_t call = 0;  ///< Counts the calls; below zero: one of the provider's own tools, which is left out.
        bool has_arguments = false;
    };

    void begin(std::vector<ReplyEvent>& events);
    Result<void> start_block(const wire::JsonValue& data, std::string_view provider_name, std::vector<ReplyEvent>& events);
    Result<void> read_delta(const wire::JsonValue& data, std::string_view provider_name, std::vector<ReplyEvent>& events);
    Result<void> read_arguments(const wire::JsonValue& data, std::string_view provider_name, std::vector<ReplyEvent>& events);
    void stop_block(const wire::JsonValue& data, std::vector<ReplyEvent>& events);
    Result<void> stop(const wire::JsonValue& data, std::string_view provider_name, std::vector<ReplyEvent>& events);
    void read_metadata(const wire::JsonValue& data, std::vector<ReplyEvent>& events);
    /// Once the message has stopped and its metadata has come, in whichever order.
    void end_when_complete(std::vector<ReplyEvent>& events);

    std::vector<Block> blocks_;  ///< Those that are open.
    std::size_t blocks_begun_ = 0;
    std::int64_t calls_ = 0;
    bool begun_ = false;
    bool stopped_ = false;
    bool has_metadata_ = false;
    bool ended_ = false;
};

}  // namespace tierway::dialect::converse
