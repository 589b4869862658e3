#pragma once

#include <string>
#include <variant>
#include <vector>

#include "tierway/dialect/reply.hpp"
#include "tierway/dialect/seal.hpp"

namespace tierway::dialect {

inline std::string text_of(FinishReason reason) {
    switch (reason) {
        case FinishReason::None:
            return "none";
        case FinishReason::Stop:
            return "stop";
        case FinishReason::Length:
            return "length";
        case FinishReason::ToolCalls:
            return "tool_calls";
        case FinishReason::ContentFilter:
            return "content_filter";
        case FinishReason::Other:
            break;
    }
    return "other";
}

inline std::string text_of(const std::optional<TokenUsage>& usage) {
    if (!usage) {
        return "no usage";
    }
    return std::to_string(usage->prompt) + "+" + std::to_string(usage->completion) + " cached " + std::to_string(usage->cached) +
           " written " + std::to_string(usage->cache_write) + " reasoning " + std::to_string(usage->reasoning);
}

/// One line that says all that its kind says.
inline std::string text_of(const ReplyEvent& event) {
    using Kind = ReplyEvent::Kind;
    const std::string choice = std::to_string(event.choice) + " ";
    const std::string tool = choice + std::to_string(event.tool) + " ";
    switch (event.kind) {
        case Kind::Begin:
            return "begin " + event.id + " " + event.text + (event.usage ? " " + text_of(event.usage) : "");
        case Kind::Text:
            return "text " + choice + event.text + (event.logprobs.empty() ? "" : " " + event.logprobs);
        case Kind::Refusal:
            return "refusal " + choice + event.text;
        case Kind::Reasoning:
            return "reasoning " + choice + event.text;
        case Kind::ReasoningSeal:
            return "seal " + choice + std::string(name_of(event.origin)) + (event.hidden ? "! " : " ") + event.text;
        case Kind::ToolCall:
            return "call " + tool + event.id + " " + event.name + (event.seal.empty() ? "" : " sealed " + event.seal);
        case Kind::ToolArguments:
            return "arguments " + tool + event.text;
        case Kind::Finish:
            return "finish " + choice + text_of(event.finish_reason);
        case Kind::Usage:
            return "usage " + text_of(event.usage) + (event.service_tier.empty() ? "" : " " + event.service_tier);
        case Kind::End:
            break;
    }
    return "end";
}

inline std::vector<std::string> texts_of(const std::vector<ReplyEvent>& events) {
    std::vector<std::string> texts;
    for (const ReplyEvent& event : events) {
        texts.push_back(text_of(event));
    }
    return texts;
}

/// The parts of one choice, one line each.
inline std::vector<std::string> texts_of(const ReplyChoice& choice) {
    std::vector<std::string> texts;
    for (const Part& part : choice.parts) {
        if (const auto* text = std::get_if<TextPart>(&part.value)) {
            texts.push_back("text " + text->text);
        } else if (const auto* refusal = std::get_if<RefusalPart>(&part.value)) {
            texts.push_back("refusal " + refusal->text);
        } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value)) {
            texts.push_back("reasoning " + reasoning->text + " sealed " + std::string(name_of(reasoning->origin)) +
                            (reasoning->hidden ? "! " : " ") + reasoning->seal);
        } else if (const auto* call = std::get_if<ToolCallPart>(&part.value)) {
            texts.push_back("call " + call->id + " " + call->name + " " + call->arguments +
                            (call->seal.empty() ? "" : " sealed " + call->seal));
        }
    }
    return texts;
}

}  // namespace tierway::dialect
