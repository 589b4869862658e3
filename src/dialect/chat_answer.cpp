#include "tierway/dialect/chat_answer.hpp"

#include "dialect/answer_parts.hpp"
#include "dialect/provider_words.hpp"
#include "tierway/dialect/error_body.hpp"

namespace tierway::dialect {
namespace {

Result<void> read_tool_calls(const wire::JsonValue& message, AnswerChoice& choice, std::string_view provider_name) {
    const wire::JsonValue calls = message.find("tool_calls");
    if (calls.size() > kToolCallsMax) {
        return malformed_answer(provider_name, "too many tool calls");
    }
    for (const wire::JsonValue call : calls) {
        const ToolCallParts parts = tool_call_parts(call);
        ToolCall& read = choice.tool_calls.emplace_back();
        read.name = parts.name.to_string();
        append_arguments(parts.arguments, read.arguments);
    }
    if (const wire::JsonValue call = message.find("function_call"); call.is_object()) {
        ToolCall& read = choice.tool_calls.emplace_back();
        read.name = call.find("name").to_string();
        append_arguments(call.find("arguments"), read.arguments);
    }
    return {};
}

Result<AnswerChoice> read_choice(const wire::JsonValue& value, std::string_view provider_name, bool keep_texts) {
    if (holds_error(value)) {
        return error_from_provider(200, value, provider_name);
    }
    const wire::JsonValue finish_reason = value.find("finish_reason");
    if (tells_of_failure(finish_reason)) {
        return failed_answer(provider_name);
    }
    const wire::JsonValue message = value.find("message");
    if (!message.is_object()) {
        return malformed_answer(provider_name, "a choice without a message");
    }
    AnswerChoice choice;
    choice.finish_reason = finish_reason_of(finish_reason);
    if (!keep_texts) {
        return choice;
    }
    if (!append_content(message.find("content"), choice.content)) {
        return malformed_answer(provider_name, "a content that is neither text nor parts");
    }
    choice.refusal = message.find("refusal").to_string();
    if (auto read = read_tool_calls(message, choice, provider_name); !read) {
        return read.error();
    }
    append_logprobs(value.find("logprobs"), choice.token_logprobs);
    return choice;
}

}  // namespace

Result<ChatAnswer> read_chat_answer(const wire::JsonValue& body, std::string_view provider_name, bool keep_texts) {
    // Some providers put the error into an array even where they mean no list of answers.
    const wire::JsonValue object = body.is_array() && body.size() == 1 ? body.at(0) : body;
    if (holds_error(object)) {
        return error_from_provider(200, object, provider_name);
    }
    const wire::JsonValue choices = body.find("choices");
    if (!choices.is_array() || choices.size() == 0) {
        return malformed_answer(provider_name, "no choices");
    }
    if (choices.size() > kChoicesMax) {
        return malformed_answer(provider_name, "too many choices");
    }
    ChatAnswer answer;
    answer.choices.reserve(choices.size());
    for (const wire::JsonValue value : choices) {
        Result<AnswerChoice> choice = read_choice(value, provider_name, keep_texts);
        if (!choice) {
            return choice.error();
        }
        answer.choices.push_back(std::move(*choice));
    }
    answer.usage = read_usage(body.find("usage"));
    answer.model = body.find("model").to_string();
    answer.service_tier = body.find("service_tier").to_string();
    return answer;
}

}  // namespace tierway::dialect
