#include "dialect/responses/output_items.hpp"

#include "dialect/answer_parts.hpp"
#include "dialect/provider_words.hpp"
#include "dialect/responses/one_line.hpp"
#include "tierway/dialect/error_body.hpp"

namespace tierway::dialect::responses {

std::string reasoning_text(const wire::JsonValue& item) {
    std::string text;
    std::string scratch;
    for (const std::string_view member : {"summary", "content"}) {
        for (const wire::JsonValue part : item.find(member)) {
            const std::string_view piece = part.find("text").string(scratch);
            text += text.empty() || piece.empty() ? "" : kBetweenThoughts;
            text += piece;
        }
    }
    return text;
}

bool is_call(const wire::JsonValue& item) noexcept {
    const wire::JsonValue type = item.find("type");
    return type.string_is("function_call") || type.string_is("custom_tool_call");
}

ToolCallPart read_call(const wire::JsonValue& item) {
    ToolCallPart call;
    call.custom = item.find("type").string_is("custom_tool_call");
    const wire::JsonValue id = item.find("call_id");
    call.id = id.is_string() ? id.to_string() : item.find("id").to_string();
    call.name = item.find("name").to_string();
    if (const wire::JsonValue arguments = item.find(call.custom ? "input" : "arguments"); arguments.exists()) {
        append_arguments(arguments, call.arguments);
    }
    return call;
}

void append_tokens(const wire::JsonValue& logprobs, std::string& tokens) {
    if (!logprobs.is_array()) {
        return;
    }
    for (const wire::JsonValue token : logprobs) {
        if (token.is_object()) {
            tokens += tokens.empty() ? "" : ",";
            append_one_line(tokens, token.raw());
        }
    }
}

FinishReason finish_reason_of(const wire::JsonValue& response, bool calls) noexcept {
    if (response.find("status").string_is("incomplete")) {
        const wire::JsonValue reason = response.find("incomplete_details").find("reason");
        return reason.string_is("max_output_tokens") ? FinishReason::Length
               : reason.string_is("content_filter")  ? FinishReason::ContentFilter
                                                     : FinishReason::Other;
    }
    return calls ? FinishReason::ToolCalls : FinishReason::Stop;
}

std::int64_t created_of(const wire::JsonValue& response) noexcept {
    constexpr double kLatest = 1e11;
    const double created = response.find("created_at").number().value_or(0.0);
    return created > 0.0 && created < kLatest ? static_cast<std::int64_t>(created) : 0;
}

bool is_failed(const wire::JsonValue& response) noexcept {
    const wire::JsonValue status = response.find("status");
    return holds_error(response) || status.string_is("failed") || status.string_is("cancelled");
}

Error failure_of(const wire::JsonValue& response, std::string_view provider_name) {
    constexpr unsigned kBeganWell = 200;
    const bool says_why = says_error(response.find("error"));
    return says_why ? error_from_provider(kBeganWell, response, provider_name) : failed_answer(provider_name);
}

}  // namespace tierway::dialect::responses
