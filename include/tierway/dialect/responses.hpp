#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/reply.hpp"
#include "tierway/wire/json_view.hpp"

/// OpenAI Responses (WIRE.md section 2), as a door and as a provider. Pure.
namespace tierway::dialect::responses {

/// Reads the body of `POST /v1/responses`. The gateway keeps no answers, so that what needs the vendor's memory is refused:
/// `previous_response_id`, `conversation`, `prompt`, `background` and `item_reference`s, with the code `unsupported_parameter`.
/// Tools of a `namespace` become tools named `<namespace>__<name>`; the answer names them as the client did (`Echo`).
/// Successive items of the assistant (reasoning, messages, calls) are one turn. Hosted tools are left out and named in `omitted`,
/// for that only loses an ability, except those which the client's question is about or which act for it (`mcp`, `computer`,
/// `file_search`, and whichever `tool_choice` demands): these make it `only_native` (docs/dialects.md).
/// Errors: InvalidRequest with the offending member as param.
Result<Conversation> read_request(const wire::JsonValue& body);

/// The body for a provider, always `store: false`. Left out: `presence_penalty`, `frequency_penalty`, `seed`, `logit_bias`,
/// `top_k`; for models without them `temperature`, `top_p`, `logprobs` and `reasoning_effort`; `store` when it was asked for. A
/// limit of the answer's length below the API's least one (16 tokens) is raised to it. Identities of users longer than the API
/// takes are replaced by their hash. Reasoning goes back only to its own family, and only where something follows it.
/// Errors: InvalidRequest, `unsupported_parameter`, for `n` above 1, `stop` and sound, which the API does not have, and for what
/// only another door's own dialect has.
Result<std::string> write_request(const Conversation& conversation, const ModelRules& rules, Omissions& omissions);

/// Errors: UpstreamMalformed; the provider's error when it is one inside a 200.
Result<Reply> read_reply(const wire::JsonValue& body, std::string_view provider_name);

/// A provider's stream. One for each stream; pure and bounded by what it is fed.
/// What a `done` brings that no delta brought is told then, and nothing twice: servers leave out either.
class StreamReader {
public:
    /// \param name the event's name (empty: the dialect has none), \param data its payload; missing for `[DONE]`. Appends what it
    /// means to `events`; unknown events mean nothing. Errors: the provider's error event or failed response; UpstreamMalformed.
    Result<void> read(std::string_view name, const wire::JsonValue& data, std::string_view provider_name,
                      std::vector<ReplyEvent>& events);

private:
    /// How much of a part's text was told: of a message's content, or of a summary of reasoning.
    struct PartState {
        std::int64_t index = 0;
        bool summary = false;
        std::size_t told_bytes = 0;
    };
    struct ItemState {
        std::int64_t index = 0;  ///< `output_index`.
        std::vector<PartState> parts;
        std::int64_t tool = -1;  ///< Of a call that was told: which.
        std::size_t told_argument_bytes = 0;
        bool told_reasoning = false;
        bool done = false;
    };
    class ItemTexts;
    using Events = std::vector<ReplyEvent>;

    Result<ItemState*> item_of(const wire::JsonValue& data, std::string_view provider_name);
    Result<void> read_item_event(std::string_view type, const wire::JsonValue& data, std::string_view provider_name,
                                 Events& events);
    Result<void> begin_call(const wire::JsonValue& item, ItemState& state, std::string_view provider_name, Events& events);
    Result<void> end_item(const wire::JsonValue& item, ItemState& state, std::string_view provider_name, Events& events);
    Result<void> end_stream(const wire::JsonValue& response, std::string_view provider_name, Events& events);
    void begin(const wire::JsonValue& response, Events& events);

    std::vector<ItemState> items_;
    std::int64_t calls_ = 0;
    bool begun_ = false;
    bool ended_ = false;
};

/// A tool that the client put into a namespace.
struct NamespacedTool {
    std::string flat;  ///< As models know it: `<namespace>__<name>`.
    std::string name_space;
    std::string name;
};

/// What a client's answer repeats of its request.
struct Echo {
    /// The members of the response object that echo the request (`instructions`, `tools`, `text`, `metadata`, `reasoning` …),
    /// with the API's defaults for those which were not stated, as JSON members on one line, each with a comma before it.
    std::string members;
    std::vector<NamespacedTool> namespaced;
};

/// REQUIRES: `read_request` accepted the request.
Echo echo_of(const wire::JsonValue& request);

/// The whole answer for a client. \param id of the response, "resp_…"; those of its items are made from it. \param model what is
/// told as the answering one. `created_at` is the reply's `created`.
/// A call's Gemini signature stands in a reasoning item of its own before the call; `read_request` puts it back.
std::string write_reply(const Reply& reply, std::string_view id, std::string_view model, const Echo& echo);

/// A client's stream: events with their `event:` lines and sequence numbers, one blank line behind each. Only the first choice is
/// told. A call is closed when the next one begins, unless its arguments are no whole JSON yet: some providers send calls
/// interleaved.
class StreamWriter {
public:
    /// As `write_reply`.
    StreamWriter(std::string_view id, std::string_view model, Echo echo);

    void write(const ReplyEvent& event, std::string& out);
    /// Closes what is open, then the terminal event with the usage. REQUIRES: a Finish was written.
    void end(const ReplyEnd& end, std::string& out);
    /// Instead of `end`: `response.failed`, then the event `error`, which the official SDKs throw. What is open stays open, and
    /// what has not begun does not begin: also for a stream that was passed on as it came.
    void fail(const Error& error, const ReplyEnd& end, std::string& out);

private:
    enum class Open : std::uint8_t { Nothing, Message, Reasoning };
    enum class PartKind : std::uint8_t { None, Text, Refusal, Summary };

    /// The message or piece of reasoning that is being written.
    struct Item {
        Open kind = Open::Nothing;
        std::string id;
        std::size_t index = 0;   ///< `output_index`.
        std::string content;     ///< Its finished parts, as JSON with commas between them.
        std::int64_t parts = 0;  ///< How many parts it has begun.
        PartKind part = PartKind::None;
        std::string text;      ///< Of the part that is open.
        std::string logprobs;  ///< Likewise, as JSON with commas between them.
    };
    struct Call {
        ToolCallPart call;
        std::string item_id;
        std::size_t index = 0;
        std::int64_t tool = 0;
    };

    void begin(std::string& out);
    /// Tells of an item that begins. \returns its `output_index`.
    std::size_t add_item(std::string_view item, std::string& out);
    void finish_item(std::size_t index, std::string item, std::string& out);
    void open_item(Open kind, std::string_view id, std::string& out);
    void open_part(PartKind kind, std::string& out);
    void close_part(std::string& out);
    void close_item(std::string_view seal, std::string& out);
    void write_text(const ReplyEvent& event, PartKind kind, std::string& out);
    void write_reasoning(const ReplyEvent& event, std::string& out);
    void write_seal(const ReplyEvent& event, std::string& out);
    void begin_call(const ReplyEvent& event, std::string& out);
    void write_arguments(const ReplyEvent& event, std::string& out);
    void close_call(Call& call, std::string& out);
    void close_calls(bool only_whole, std::string& out);
    void write_last(std::string_view type, std::string_view status, const ReplyEnd& end, const Error* error, std::string& out);
    [[nodiscard]] std::string response(std::string_view status, std::string_view disclosure, const Error* error) const;

    std::string id_;
    std::string model_;
    Echo echo_;
    std::string service_tier_;
    std::int64_t created_ = 0;
    std::int64_t sequence_ = 0;
    std::vector<std::string> output_;  ///< The finished items, by their index; empty while one is open.
    Item item_;
    std::vector<Call> calls_;  ///< Those that are open.
    std::optional<TokenUsage> usage_;
    FinishReason finish_reason_ = FinishReason::None;
    bool begun_ = false;
    bool ended_ = false;
};

}  // namespace tierway::dialect::responses
