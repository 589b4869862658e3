#include "simulator/answer.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "simulator/draws.hpp"
#include "simulator/log_probabilities.hpp"
#include "simulator/schema_instance.hpp"
#include "simulator/tokens.hpp"
#include "simulator/tool_choice.hpp"
#include "simulator/verdict.hpp"
#include "simulator/words.hpp"

namespace tierway::simulator {
namespace {

using nlohmann::json;

/// How often a model that is wrong says so.
constexpr double kHedgeShare = 0.35;
constexpr std::int64_t kBytesPerToken = 4;
constexpr std::int64_t kTokensPerImage = 765;
constexpr std::size_t kQuotedToolResultMax = 500;
constexpr std::size_t kEventsMax = 20'000;

std::string hex(std::uint64_t value) {
    std::array<char, 20> text{};
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
    return text.data();
}

std::string written(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

void call_tool(const OfferedTool& tool, const Material& material, Draws& draws, Answer& answer, std::string& text) {
    answer.kind = TaskKind::ToolUse;
    answer.form = Answer::Form::ToolCall;
    answer.finish_reason = "tool_calls";
    answer.tool_name = tool.name;
    answer.custom_tool = tool.custom;
    answer.tool_call_id = "call_sim" + hex(draws.next());
    const json schema = tool.parameters.is_object() ? tool.parameters : json::parse(R"({"type":"object"})");
    if (tool.custom) {
        text = answer.right ? material.task.value : "?";
    } else {
        text = answer.right ? written(instance_of(schema, material)) : broken_instance_of(schema, material);
    }
}

std::string in_words(const ChatInput& input, const Material& material, bool right) {
    if (!input.tool_result.empty()) {
        const std::string quoted = input.tool_result.substr(0, utf8_cut(input.tool_result, kQuotedToolResultMax));
        return right ? "The tool says: " + quoted : "The tool did not answer, so I assume the opposite.";
    }
    return right ? material.task.right : material.task.wrong;
}

std::string in_json(const ChatInput& input, const Material& material, bool right) {
    if (input.form == ChatInput::Form::JsonSchema) {
        return right ? written(instance_of(input.schema, material)) : broken_instance_of(input.schema, material);
    }
    json object = json::object();
    object["answer"] = material.task.value;
    const std::string whole = written(object);
    return right ? whole : whole.substr(0, whole.size() - 2);
}

void cut_at_stop(const std::vector<std::string>& stops, std::string& text) {
    for (const std::string& stop : stops) {
        const std::size_t at = stop.empty() ? std::string::npos : text.find(stop);
        text.resize(std::min(at, text.size()));
    }
}

double skill_of(const ModelProfile& model, TaskKind kind) {
    const auto found = model.skill.find(name_of(kind));
    return found == model.skill.end() ? model.default_skill : found->second;
}

/// The tokens without their log-probabilities.
std::vector<std::string> cut_tokens(const ChatInput& input, const Faults& faults, std::vector<std::string> tokens,
                                    Answer& answer) {
    std::size_t kept = tokens.size();
    if (faults.length) {
        kept = std::max<std::size_t>(kept / 2, std::min<std::size_t>(kept, 1));
        answer.finish_reason = "length";
    }
    if (input.tokens_max && kept > *input.tokens_max) {
        kept = *input.tokens_max;
        answer.finish_reason = "length";
    }
    tokens.resize(kept);
    return tokens;
}

}  // namespace

std::string Answer::text() const {
    std::string text;
    for (const Token& token : tokens) {
        text += token.text;
    }
    return text;
}

Answer make_answer(const ModelProfile& model, const ChatInput& input, const Faults& faults, unsigned choice) {
    const std::uint64_t seed = stable_hash(input.conversation, stable_hash(model.name)) + choice;
    Draws draws(seed);
    const Material material(input.question);
    const std::optional<JudgedAnswer> judged = find_judged_answer(input.question);
    const OfferedTool* tool = faults.refuse || faults.refusal || faults.empty ? nullptr : choose_tool(input);
    Answer answer;
    answer.kind = tool != nullptr ? TaskKind::ToolUse : judged ? judged->task.kind : material.task.kind;
    const double fate = draws.uniform();
    answer.right = faults.right.value_or(fate < skill_of(model, answer.kind));
    const double hedge = draws.uniform();
    answer.finish_reason = "stop";

    std::string text;
    if (faults.refuse || faults.refusal) {
        text = "I'm sorry, but I can't help with that.";
        answer.form = faults.refusal ? Answer::Form::Refusal : Answer::Form::Text;
    } else if (tool != nullptr) {
        call_tool(*tool, material, draws, answer, text);
    } else if (judged) {
        text = verdict_text(judged->right == answer.right);
    } else if (input.form != ChatInput::Form::Text) {
        text = in_json(input, material, answer.right);
    } else {
        text = in_words(input, material, answer.right);
        answer.hedged = faults.hedge || (!answer.right && !faults.confident && hedge < kHedgeShare);
        text = (answer.hedged ? "I'm not sure, but I think: " : "") + text;
    }
    std::vector<std::string> pieces;
    if (faults.events && answer.form == Answer::Form::Text) {
        pieces = filler_tokens(std::min(*faults.events, kEventsMax / input.choices), seed);
    } else if (!faults.empty) {
        if (answer.form == Answer::Form::Text) {
            cut_at_stop(input.stop, text);
        }
        pieces = tokens_of(text);
    }
    pieces = cut_tokens(input, faults, std::move(pieces), answer);
    const std::vector<double> log_probabilities = draw_log_probabilities(pieces.size(), answer.right, faults.confident, draws);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        Token token;
        token.text = std::move(pieces[i]);
        token.log_probability = log_probabilities[i];
        answer.tokens.push_back(std::move(token));
    }
    return answer;
}

std::int64_t prompt_tokens_of(const ChatInput& input) noexcept {
    const auto bytes = static_cast<std::int64_t>(input.text_bytes);
    return (bytes + kBytesPerToken - 1) / kBytesPerToken + static_cast<std::int64_t>(input.images) * kTokensPerImage;
}

Usage usage_of(const ChatInput& input, const Faults& faults, std::size_t sent_tokens) noexcept {
    Usage usage;
    usage.prompt_tokens = prompt_tokens_of(input);
    usage.completion_tokens = static_cast<std::int64_t>(sent_tokens);
    if (faults.usage) {
        usage.prompt_tokens = faults.usage->prompt_tokens;
        usage.completion_tokens = faults.usage->completion_tokens;
        usage.cached_tokens = faults.usage->cached_tokens;
        usage.reasoning_tokens = faults.usage->reasoning_tokens;
    }
    return usage;
}

}  // namespace tierway::simulator
