#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tierway/dialect/chat_answer.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/token_usage.hpp"

namespace tierway::dialect {

struct ReplyChoice {
    std::vector<Part> parts;  ///< Text, refusals, reasoning and tool calls, in order.
    FinishReason finish_reason = FinishReason::None;
    std::string stop_sequence;  ///< Which one ended it, when that is known.
    JsonText logprobs;          ///< An array of token objects as in WIRE.md section 1.3; empty: none.
};

/// What any model answers, whole, in no dialect's words: read from the dialect of a provider, written in that of a door.
struct Reply {
    std::string id;     ///< The provider's.
    std::string model;  ///< What the provider says answered.
    std::int64_t created = 0;  ///< Unix seconds; 0: not told.
    std::vector<ReplyChoice> choices;
    std::optional<TokenUsage> usage;
    std::string service_tier;
};

/// One step of a streamed reply, in no dialect's words. What it says is in the fields that its kind names.
struct ReplyEvent {
    enum class Kind : std::uint8_t {
        Begin,          ///< Once, first: `id`, `text` (the model), `created`, `service_tier`; `usage` when the prompt's is known.
        Text,           ///< `text`, `logprobs`.
        Refusal,        ///< `text`.
        Reasoning,      ///< `text`: a readable piece of thought; `id` when it is the first of a Responses item.
        ReasoningSeal,  ///< `text`, `origin`, `hidden`, `id`: ends a piece of reasoning; see `ReasoningPart::seal`.
        ToolCall,       ///< `tool`, `id`, `name`, `custom`, `seal`: a call begins.
        ToolArguments,  ///< `tool`, `text`: a piece of its arguments.
        Finish,         ///< `finish_reason`, `stop_sequence`: of one choice.
        Usage,          ///< `usage`; of several the last counts. Also `service_tier`, when it is told.
        End,            ///< The provider says that it is done. Not every dialect does.
    };
    Kind kind = Kind::Text;
    std::int64_t choice = 0;
    std::int64_t tool = 0;  ///< Counts the choice's tool calls from 0, in the order they begin.
    std::string text;
    std::string id;
    std::string name;
    std::string seal;
    std::string stop_sequence;
    std::string service_tier;
    JsonText logprobs;
    std::optional<TokenUsage> usage;
    std::int64_t created = 0;
    FinishReason finish_reason = FinishReason::None;
    Origin origin = Origin::Unknown;
    bool custom = false;
    bool hidden = false;
};

/// What a door tells at the end of a streamed answer beside the model's words.
struct ReplyEnd {
    std::string disclosure;     ///< The `tierway` object as JSON; empty: none.
    bool include_usage = true;  ///< Doors whose clients choose (Chat).
};

}  // namespace tierway::dialect
