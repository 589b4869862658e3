#include "dialect/answer_parts.hpp"

#include <algorithm>
#include <array>

#include "dialect/named_reasons.hpp"

namespace tierway::dialect {
namespace {

constexpr std::array kFinishReasons = {
    NamedReason{"stop", FinishReason::Stop},
    NamedReason{"length", FinishReason::Length},
    NamedReason{"tool_calls", FinishReason::ToolCalls},
    NamedReason{"content_filter", FinishReason::ContentFilter},
    NamedReason{"function_call", FinishReason::ToolCalls},
    NamedReason{"model_length", FinishReason::Length},
    NamedReason{"max_tokens", FinishReason::Length},
    NamedReason{"eos", FinishReason::Stop},
    NamedReason{"end_turn", FinishReason::Stop},
    NamedReason{"stop_sequence", FinishReason::Stop},
};

/// Bytes of UTF-8 that the escape `\uXXXX` stands for. The halves of a surrogate pair count two each, which makes four.
std::size_t escaped_unit_size(std::string_view hex) noexcept {
    const bool high_byte_empty = hex.substr(0, 2) == "00";
    if (high_byte_empty && hex[2] <= '7') {
        return 1;
    }
    const bool below_0800 = hex[0] == '0' && hex[1] <= '7';
    const bool surrogate = (hex[0] == 'd' || hex[0] == 'D') && hex[1] >= '8';
    return below_0800 || surrogate ? 2 : 3;
}

}  // namespace

FinishReason finish_reason_of(const wire::JsonValue& value) noexcept {
    return reason_named(kFinishReasons, value).value_or(FinishReason::Other);
}

bool tells_of_failure(const wire::JsonValue& finish_reason) noexcept {
    return finish_reason.string_is("error") || finish_reason.string_is("insufficient_system_resource");
}

ToolCallParts tool_call_parts(const wire::JsonValue& call) noexcept {
    if (const wire::JsonValue custom = call.find("custom"); custom.is_object()) {
        return {custom.find("name"), custom.find("input")};
    }
    const wire::JsonValue function = call.find("function");
    return {function.find("name"), function.find("arguments")};
}

bool append_content(const wire::JsonValue& content, std::string& out) {
    switch (content.kind()) {
        case wire::JsonKind::Missing:
        case wire::JsonKind::Null:
            return true;
        case wire::JsonKind::String: {
            std::string scratch;
            out += content.string(scratch);
            return true;
        }
        case wire::JsonKind::Array:
            break;
        default:
            return false;
    }
    std::string scratch;
    for (const wire::JsonValue part : content) {
        if (part.find("type").string_is("text")) {
            out += part.find("text").string(scratch);
        }
    }
    return true;
}

void append_arguments(const wire::JsonValue& arguments, std::string& out) {
    if (arguments.is_string()) {
        std::string scratch;
        out += arguments.string(scratch);
    } else if (!arguments.is_null()) {
        out += arguments.raw();
    }
}

void append_logprobs(const wire::JsonValue& logprobs, std::vector<float>& out) {
    for (const wire::JsonValue token : logprobs.find("content")) {
        if (const std::optional<double> logprob = token.find("logprob").number()) {
            out.push_back(static_cast<float>(std::clamp(*logprob, -9999.0, 0.0)));
        }
    }
}

std::size_t text_size(const wire::JsonValue& value) noexcept {
    if (!value.is_string()) {
        return 0;
    }
    std::string_view text = value.raw();
    text = text.substr(1, text.size() - 2);
    std::size_t size = 0;
    while (true) {
        const std::size_t escape = text.find('\\');
        if (escape == std::string_view::npos) {
            return size + text.size();
        }
        const bool unit = text[escape + 1] == 'u';
        size += escape + (unit ? escaped_unit_size(text.substr(escape + 2, 4)) : 1);
        text.remove_prefix(escape + (unit ? 6 : 2));
    }
}

Error malformed_answer(std::string_view provider_name, std::string_view why) {
    return Error::upstream(
        ErrorKind::UpstreamMalformed, "upstream_malformed",
        "Provider `" + std::string(provider_name) + "` sent an answer that its API does not allow: " + std::string(why) + ".");
}

Error failed_answer(std::string_view provider_name) {
    return Error::upstream(ErrorKind::UpstreamUnavailable, "upstream_unavailable",
                           "Provider `" + std::string(provider_name) + "` failed while it was answering. Try again in a moment.")
        .with_retry(Retry::Safe);
}

}  // namespace tierway::dialect
