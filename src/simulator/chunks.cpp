#include "simulator/chunks.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "simulator/draws.hpp"
#include "tierway/base/json_text.hpp"

namespace tierway::simulator {
namespace {

void append_number(std::string& out, std::int64_t value) {
    out += std::to_string(value);
}

void append_probability(std::string& out, double log_probability) {
    std::array<char, 32> text{};
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), log_probability, std::chars_format::fixed, 6);
    out.append(text.data(), error == std::errc() ? end : text.data());
}

/// `"token":…,"logprob":…,"bytes":[…]`
void append_token(std::string& out, std::string_view token, double log_probability) {
    out += R"("token":)";
    append_json_string(out, token);
    out += R"(,"logprob":)";
    append_probability(out, log_probability);
    out += R"(,"bytes":[)";
    for (std::size_t i = 0; i < token.size(); ++i) {
        out += i == 0 ? "" : ",";
        append_number(out, static_cast<unsigned char>(token[i]));
    }
    out += ']';
}

/// The token itself and made-up rivals, which share what probability is left, each half of the one before.
void append_rivals(std::string& out, const Token& token, unsigned count) {
    static constexpr std::array<std::string_view, 19> kRivals{" the",  " a",  " of",  " and",  " to",   " in",  " is",
                                                              " that", " it", " for", " as",   " with", " was", " on",
                                                              " be",   " by", " at",  " this", " not"};
    double left = 1.0 - std::exp(token.log_probability);
    for (unsigned i = 0; i < count; ++i) {
        out += i == 0 ? "{" : ",{";
        if (i == 0) {
            append_token(out, token.text, token.log_probability);
        } else {
            left /= 2.0;
            append_token(out, kRivals[(stable_hash(token.text) + i) % kRivals.size()], std::max(std::log(left), -9999.0));
        }
        out += '}';
    }
}

void append_logprobs(std::string& out, const Answer& answer, std::span<const Token> tokens, const ReplyDetail& detail) {
    if (!detail.logprobs || answer.form == Answer::Form::ToolCall) {
        out += "null";
        return;
    }
    const bool refusal = answer.form == Answer::Form::Refusal;
    out += refusal ? R"({"content":null,"refusal":[)" : R"({"content":[)";
    bool first = true;
    for (const Token& token : tokens) {
        out += first ? "{" : ",{";
        first = false;
        append_token(out, token.text, token.log_probability);
        out += R"(,"top_logprobs":[)";
        append_rivals(out, token, detail.top_logprobs);
        out += "]}";
    }
    out += refusal ? "]}" : R"(],"refusal":null})";
}

void append_head(std::string& out, const ReplyHead& head, std::string_view object) {
    out += R"({"id":)";
    append_json_string(out, head.id);
    out.append(R"(,"object":")").append(object).append(R"(","created":)");
    append_number(out, head.created);
    out += R"(,"model":)";
    append_json_string(out, head.model);
    out += R"(,"service_tier":)";
    append_json_string(out, head.service_tier);
    out += R"(,"system_fingerprint":"simulated","choices":[)";
}

void append_usage(std::string& out, const Usage& usage) {
    out += R"({"prompt_tokens":)";
    append_number(out, usage.prompt_tokens);
    out += R"(,"completion_tokens":)";
    append_number(out, usage.completion_tokens);
    out += R"(,"total_tokens":)";
    append_number(out, usage.prompt_tokens + usage.completion_tokens);
    out += R"(,"prompt_tokens_details":{"cached_tokens":)";
    append_number(out, usage.cached_tokens);
    out += R"(,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":)";
    append_number(out, usage.reasoning_tokens);
    out += R"(,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}})";
}

/// The call's id, type and name, and its arguments or input.
void append_call(std::string& out, const Answer& answer, std::string_view arguments) {
    const std::string_view kind = answer.custom_tool ? "custom" : "function";
    out += R"("id":)";
    append_json_string(out, answer.tool_call_id);
    out.append(R"(,"type":")").append(kind).append(R"(",")").append(kind).append(R"(":{"name":)");
    append_json_string(out, answer.tool_name);
    out += answer.custom_tool ? R"(,"input":)" : R"(,"arguments":)";
    append_json_string(out, arguments);
    out += '}';
}

void append_message(std::string& out, const Answer& answer) {
    const std::string text = answer.text();
    out += R"({"role":"assistant","content":)";
    if (answer.form == Answer::Form::Text) {
        append_json_string(out, text);
    } else {
        out += "null";
    }
    if (answer.form == Answer::Form::ToolCall) {
        out += R"(,"tool_calls":[{)";
        append_call(out, answer, text);
        out += "}]";
    }
    out += R"(,"refusal":)";
    if (answer.form == Answer::Form::Refusal) {
        append_json_string(out, text);
    } else {
        out += "null";
    }
    out += R"(,"annotations":[]})";
}

void append_finish_reason(std::string& out, const Answer& answer, bool finished) {
    out += R"(,"finish_reason":)";
    if (finished) {
        append_json_string(out, answer.finish_reason);
    } else {
        out += "null";
    }
}

/// One chunk around a delta. \param tokens whose log-probabilities it carries.
std::string chunk(const ReplyHead& head, const Answer& answer, std::size_t choice, std::string_view delta,
                  std::span<const Token> tokens, bool finished, const ReplyDetail& detail) {
    std::string out;
    append_head(out, head, "chat.completion.chunk");
    out += R"({"index":)";
    append_number(out, static_cast<std::int64_t>(choice));
    out.append(R"(,"delta":)").append(delta).append(R"(,"logprobs":)");
    if (tokens.empty()) {
        out += "null";
    } else {
        append_logprobs(out, answer, tokens, detail);
    }
    append_finish_reason(out, answer, finished);
    out += detail.null_usage ? R"(}],"usage":null})" : "}]}";
    return out;
}

}  // namespace

std::string whole_reply(const ReplyHead& head, std::span<const Answer> answers, const ReplyDetail& detail, const Usage* usage,
                        bool finished) {
    std::string out;
    append_head(out, head, "chat.completion");
    for (std::size_t i = 0; i < answers.size(); ++i) {
        out += i == 0 ? R"({"index":)" : R"(,{"index":)";
        append_number(out, static_cast<std::int64_t>(i));
        out += R"(,"message":)";
        append_message(out, answers[i]);
        out += R"(,"logprobs":)";
        append_logprobs(out, answers[i], answers[i].tokens, detail);
        append_finish_reason(out, answers[i], finished);
        out += '}';
    }
    out += ']';
    if (usage != nullptr) {
        out += R"(,"usage":)";
        append_usage(out, *usage);
    }
    return out + "}";
}

std::string role_chunk(const ReplyHead& head, const Answer& answer, std::size_t choice, const ReplyDetail& detail) {
    const std::string_view delta = answer.form == Answer::Form::Text ? R"({"role":"assistant","content":"","refusal":null})"
                                                                     : R"({"role":"assistant","content":null})";
    return chunk(head, answer, choice, delta, {}, false, detail);
}

std::string call_chunk(const ReplyHead& head, const Answer& answer, std::size_t choice, const ReplyDetail& detail) {
    std::string delta = R"({"tool_calls":[{"index":0,)";
    append_call(delta, answer, "");
    return chunk(head, answer, choice, delta + "}]}", {}, false, detail);
}

std::string token_chunk(const ReplyHead& head, const Answer& answer, std::size_t choice, std::size_t token,
                        const ReplyDetail& detail) {
    const std::span<const Token> tokens(&answer.tokens[token], 1);
    std::string delta;
    if (answer.form == Answer::Form::ToolCall) {
        delta = answer.custom_tool ? R"({"tool_calls":[{"index":0,"custom":{"input":)"
                                   : R"({"tool_calls":[{"index":0,"function":{"arguments":)";
        append_json_string(delta, tokens[0].text);
        delta += "}}]}";
        return chunk(head, answer, choice, delta, {}, false, detail);
    }
    delta = answer.form == Answer::Form::Refusal ? R"({"refusal":)" : R"({"content":)";
    append_json_string(delta, tokens[0].text);
    return chunk(head, answer, choice, delta + "}", tokens, false, detail);
}

std::string finish_chunk(const ReplyHead& head, const Answer& answer, std::size_t choice, const ReplyDetail& detail) {
    return chunk(head, answer, choice, "{}", {}, true, detail);
}

std::string usage_chunk(const ReplyHead& head, const Usage& usage) {
    std::string out;
    append_head(out, head, "chat.completion.chunk");
    out += R"(],"usage":)";
    append_usage(out, usage);
    return out + "}";
}

}  // namespace tierway::simulator
