#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/dialect/chat_answer.hpp"
#include "tierway/wire/edits.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// What one event of a `chat.completion.chunk` stream means for the relay.
struct ChunkFacts {
    bool done = false;        ///< `[DONE]`.
    bool content = false;     ///< Commits: text, refusal, tool call, reasoning text or a finish reason.
    bool usage_only = false;  ///< The chunk with empty `choices` that carries the usage.
    bool has_usage = false;   ///< Carries a usable usage object.
    bool finished = false;    ///< Some choice got its finish reason.
    bool tool_call = false;   ///< Carries a piece of a tool call.
    bool text_only = true;    ///< Nothing but text, if anything, and of the first choice alone.
    wire::JsonValue id;       ///< Of the chunk.
    wire::JsonValue delta;    ///< Of the first choice; missing when the chunk is not about it.
    wire::JsonValue role;     ///< Within `delta`.
    wire::JsonValue text;     ///< The `content` within `delta`, when it is a string.
};

/// Follows one upstream stream event by event (WIRE.md section 1.4): says what each event is and accumulates what must be known
/// at its end (usage, finish reasons; with `keep_answer` the whole answer for the cascade's judgement). Pure and bounded.
class ChatStreamReader {
public:
    /// \param keep_answer assemble the texts for judging; costs memory up to `answer_bytes_max`.
    explicit ChatStreamReader(bool keep_answer, std::size_t answer_bytes_max = std::size_t{8} << 20U);

    /// Reads one `data:` payload. \param chunk its parsed JSON; missing for `[DONE]`.
    /// Errors: the provider's error when the event carries one; UpstreamMalformed when it is not a chunk, or the answer exceeds
    /// its bound.
    Result<ChunkFacts> read(std::string_view data, const wire::JsonValue& chunk, std::string_view provider_name);

    /// Every choice that appeared has a finish reason.
    [[nodiscard]] bool complete() const noexcept;
    [[nodiscard]] bool inside_tool_call() const noexcept;
    [[nodiscard]] const ChatAnswer& answer() const noexcept { return answer_; }
    /// Bytes of answer text seen, for an estimate when no usage came.
    [[nodiscard]] std::size_t answer_text_bytes() const noexcept { return answer_text_bytes_; }

private:
    /// Which tool call of a choice a piece belongs to; kept beside `AnswerChoice::tool_calls`.
    struct ToolSlot {
        std::optional<std::int64_t> index;
        std::string id;
    };
    struct ChoiceState {
        bool seen = false;
        bool finished = false;
        bool inside_tool_call = false;
        std::vector<ToolSlot> tool_slots;
    };

    Result<void> read_choice(const wire::JsonValue& value, ChunkFacts& facts, std::string_view provider_name);
    Result<void> read_delta(std::size_t index, const wire::JsonValue& delta, ChunkFacts& facts, std::string_view provider_name);
    Result<void> read_tool_calls(std::size_t index, const wire::JsonValue& calls, std::string_view provider_name);
    void keep_tool_call(std::size_t choice, std::optional<std::int64_t> index, const wire::JsonValue& call);
    void read_text(const wire::JsonValue& value, std::string& kept);
    void grow_to(std::size_t index);

    bool keep_answer_;
    std::size_t answer_bytes_max_;
    std::size_t answer_text_bytes_ = 0;
    std::size_t kept_bytes_ = 0;
    ChatAnswer answer_;
    std::vector<ChoiceState> states_;
};

/// What must be changed in provider bytes so that the client sees what it asked for.
struct AnswerEdits {
    std::string_view model;       ///< The JSON string (with quotes) put in place of the provider's `model`.
    bool strip_usage = false;     ///< We asked for usage, the client did not.
    bool strip_logprobs = false;  ///< We asked for log-probabilities, the client did not.
};

/// Adds to `edits` what `wanted` asks for in a whole answer or in one chunk. Removing `logprobs` sets the field to null, as the
/// API does when it was not asked for.
void edit_answer(const wire::JsonValue& body, const AnswerEdits& wanted, wire::Edits& edits);

}  // namespace tierway::dialect
