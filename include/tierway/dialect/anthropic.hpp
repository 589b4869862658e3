#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/reply.hpp"
#include "tierway/wire/json_view.hpp"

/// Anthropic Messages (WIRE.md section 4), as a door and as a provider. Pure. What becomes of each member: docs/dialects.md.
namespace tierway::dialect::anthropic {

/// Reads the body of `POST /v1/messages`.
/// - A request that only Anthropic's own models can serve is `only_native`, by the member that makes it so: tools of the vendor's
///   (`type` neither absent nor "custom"), `mcp_servers`, `container`, `inference_geo`, documents to be cited, files of the
///   account, and blocks whose type is not known here.
/// - Results of tools come before what else their message says. Empty texts, empty system messages and Claude Code's billing
///   header are left out. `metadata.user_id` beyond 64 bytes becomes its SHA-256 in hexadecimal digits.
/// - `thinking` that is adaptive and states no effort has the API's own, "high"; `speed` "fast" is the service tier "priority".
/// - Ignored: `context_management`, `cache_control` of the root, `diagnostics`, and members that are not known.
/// \param needs_output_limit false for `/count_tokens`, which has no `max_tokens`.
/// Errors: InvalidRequest with the offending member as param ("messages.0.content.1.source"), for what the API itself refuses.
Result<Conversation> read_request(const wire::JsonValue& body, bool needs_output_limit = true);

/// The body for a provider.
/// - Leading system turns are `system`; later ones are messages of that role where the model takes them, else part of the user's.
///   Results of tools and the user's words between two answers are one message, the results first.
/// - Arguments of tool calls that are no JSON object become `{"arguments":"<text>"}`, blank ones `{}`: a history is the model's own
///   and is never refused. Ids of tool calls with characters that the API refuses are replaced by one made from their hash.
/// - Only reasoning that an Anthropic model sealed is written, and none when thinking is off.
/// - A model without adaptive thinking gets a budget of tokens: that of the request, or 1,024 for low, 4,096 for medium, 16,384
///   for high and 32,768 for more, but never as many as `max_tokens`: then half of those. Thinking is left out when less than
///   1,024 are left, when the request forces a tool call (which the API does not allow with it), and, with a budget, when the
///   API would refuse the history: behind a final assistant turn, or when the tool loop in progress began without sealed thinking.
/// - `prompt_cache_key` asks for automatic caching unless the request marks itself what to cache.
/// Omissions, in the words of OpenAI's API: `reasoning_effort` (see above), `temperature`, `top_p`, `top_k` where the model or
/// thinking does not allow them, `seed`, `presence_penalty`, `frequency_penalty`, `logit_bias`, `logprobs`, `verbosity`,
/// `metadata`, `store`, `service_tier` beyond auto and default.
/// Errors: InvalidRequest, `unsupported_parameter`: what is `only_native`, several choices, custom tools, sound, files by id or of
/// another type than PDF, media in turns that are not the user's, stop sequences of white space only. `invalid_value`: there is no
/// message.
Result<std::string> write_request(const Conversation& conversation, const ModelRules& rules, Omissions& omissions);

/// Errors: UpstreamMalformed; the provider's error when it is one inside a 200.
Result<Reply> read_reply(const wire::JsonValue& body, std::string_view provider_name);

/// The whole answer for a client: the first choice. A refusal is text that ends with the stop reason "refusal".
/// \param model what is told as the answering one.
std::string write_reply(const Reply& reply, std::string_view model);

/// The counts that the usage objects of one stream have told so far: each is cumulative, and a later one may tell only some.
class UsageCounts {
public:
    void update(const wire::JsonValue& usage) noexcept;
    /// Empty while the input or the output is not known, or when a count was unusable.
    [[nodiscard]] std::optional<TokenUsage> tokens() const noexcept;

private:
    std::optional<std::int64_t> input_;
    std::optional<std::int64_t> output_;
    std::optional<std::int64_t> cached_;
    std::optional<std::int64_t> written_;
    std::optional<std::int64_t> written_5m_;
    std::optional<std::int64_t> written_1h_;
    std::optional<std::int64_t> thinking_;
    bool usable_ = true;
};

/// A provider's stream. One for each stream; pure and bounded by what it is fed.
class StreamReader {
public:
    /// \param name the event's name, which counts where the payload states no `type`; \param data its payload. Appends what it
    /// means to `events`; unknown events mean nothing.
    /// Errors: the provider's error event; UpstreamMalformed, also for more than 128 tool calls or open blocks.
    Result<void> read(std::string_view name, const wire::JsonValue& data, std::string_view provider_name,
                      std::vector<ReplyEvent>& events);

private:
    /// A block between its start and its stop.
    struct Block {
        enum class Kind : std::uint8_t { Text, Thinking, Tool, Other };
        std::int64_t index = 0;
        Kind kind = Kind::Other;
        std::int64_t tool = 0;
        bool has_arguments = false;
        std::string input;      ///< What the start of a tool block held already; counts when no piece follows.
        std::string signature;  ///< Of thinking.
    };

    void begin(const wire::JsonValue& message, std::vector<ReplyEvent>& events);
    Result<void> start_block(const wire::JsonValue& data, std::string_view provider_name, std::vector<ReplyEvent>& events);
    Result<void> read_delta(const wire::JsonValue& data, std::string_view provider_name, std::vector<ReplyEvent>& events);
    void stop_block(std::size_t position, std::vector<ReplyEvent>& events);
    void stop_all(std::vector<ReplyEvent>& events);
    void read_message_delta(const wire::JsonValue& data, std::vector<ReplyEvent>& events);
    /// The position in `open_` of the block with that index; its size when there is none.
    [[nodiscard]] std::size_t position_of(std::int64_t index) const noexcept;

    std::vector<Block> open_;
    UsageCounts usage_;
    std::int64_t tools_ = 0;
    bool begun_ = false;
    bool finished_ = false;
    bool ended_ = false;
};

/// A client's stream: events with their `event:` lines, one blank line behind each. One for each stream.
/// Blocks come one after the other, as with the vendor: what arrives while the arguments of a tool call are unfinished JSON waits
/// for their end, so that calls whose pieces a provider mixes come out whole. What waits is bounded by what is fed.
class StreamWriter {
public:
    explicit StreamWriter(std::string_view model) : model_(model) {}

    /// Appends to `out` what the event amounts to, possibly nothing. Choices beyond the first are left out.
    void write(const ReplyEvent& event, std::string& out);
    /// Closes what is open, with usage and stop reason, once. REQUIRES: a Finish was written; without one it ends as "end_turn".
    void end(const ReplyEnd& end, std::string& out);

private:
    enum class Block : std::uint8_t { None, Text, Thinking, Tool };

    void begin(const ReplyEvent& event, std::string& out);
    void write_content(const ReplyEvent& event, std::string& out);
    void write_text(std::string_view text, std::string& out);
    void write_seal(const ReplyEvent& event, std::string& out);
    void write_call(const ReplyEvent& event, std::string& out);
    void write_arguments(const ReplyEvent& event, std::string& out);
    void open(Block block, std::string_view content_block, std::string& out);
    void close(std::string& out);
    void write_waiting(std::string& out);
    [[nodiscard]] bool must_wait(const ReplyEvent& event) const noexcept;

    std::string model_;
    std::int64_t index_ = 0;  ///< Of the block that is open, or comes next.
    Block block_ = Block::None;
    std::int64_t tool_ = 0;  ///< The call whose block is open.
    // How far the arguments of that call are: JSON is finished when the brackets of its object are closed.
    std::int64_t brackets_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
    bool arguments_done_ = false;
    std::vector<ReplyEvent> waiting_;

    std::optional<TokenUsage> usage_;
    std::string service_tier_;
    std::string stop_sequence_;
    FinishReason finish_reason_ = FinishReason::None;
    bool has_calls_ = false;
    bool refused_ = false;
    bool begun_ = false;
    bool ended_ = false;
};

/// {"type":"error","error":{"type","message"},"request_id"}; beside what the API has, `error` holds `code` and `param`, and
/// `extra`: further members as JSON text beginning with a comma.
std::string error_body(const Error& error, std::string_view request_id, std::string_view extra = {});

/// The same as an event of a stream that cannot go on.
std::string error_event(const Error& error, std::string_view request_id, std::string_view extra = {});

/// The answer of `/v1/messages/count_tokens`.
std::string token_count_body(std::int64_t input_tokens);

}  // namespace tierway::dialect::anthropic
