#include "tierway/lab/outcome.hpp"

#include <algorithm>

namespace tierway::lab {
namespace {

using wire::JsonValue;

constexpr std::size_t kIdBytesMax = 256;
constexpr std::size_t kModelBytesMax = 128;
constexpr std::size_t kAnswersMax = 64;
constexpr std::int64_t kTokensMax = 1'000'000'000;

Error wrong(const std::string& member, const std::string& what) {
    return Error::downstream(ErrorKind::InvalidRequest, "invalid_outcome", '`' + member + "` " + what + '.').with_param(member);
}

bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// A short text that will be shown. Absent and null are empty.
Result<std::string> read_label(const JsonValue& object, const std::string& member) {
    const JsonValue value = object.find(member);
    if (!value.exists() || value.is_null()) {
        return std::string();
    }
    std::string text = value.to_string();
    if (!value.is_string() || text.size() > kIdBytesMax || has_control_characters(text)) {
        return wrong(member, "must be a string of at most 256 bytes without control characters");
    }
    return text;
}

Result<std::string> read_text(const JsonValue& object, std::string_view key, const std::string& path) {
    const JsonValue value = object.find(key);
    if (value.exists() && !value.is_null() && !value.is_string()) {
        return wrong(path + '.' + std::string(key), "must be a string");
    }
    return value.to_string();
}

Result<std::int64_t> read_tokens(const JsonValue& object, std::string_view key, const std::string& path) {
    const auto tokens = object.find(key).integer();
    if (!tokens || *tokens < 0 || *tokens > kTokensMax) {
        return wrong(path + '.' + std::string(key), "must be a whole number from 0 to 1000000000");
    }
    return *tokens;
}

Result<std::optional<double>> read_probability(const JsonValue& object, std::string_view key, const std::string& path) {
    const JsonValue value = object.find(key);
    if (!value.exists() || value.is_null()) {
        return std::optional<double>();
    }
    const auto number = value.number();
    if (!number || !(*number >= 0.0 && *number <= 1.0)) {
        return wrong(path + '.' + std::string(key), "must be a number from 0 to 1");
    }
    return number;
}

/// 0, 1, false or true.
Result<bool> read_verdict(const JsonValue& value, const std::string& member) {
    if (const auto truth = value.boolean()) {
        return *truth;
    }
    const auto number = value.integer();
    if (!number || (*number != 0 && *number != 1)) {
        return wrong(member, "must be 0 or 1");
    }
    return *number == 1;
}

Result<RecordedAnswer> read_answer(const JsonValue& value, const std::string& path) {
    if (!value.is_object()) {
        return wrong(path, "must be an object");
    }
    RecordedAnswer answer;
    auto acceptable = read_verdict(value.find("acceptable"), path + ".acceptable");
    auto prompt_tokens = read_tokens(value, "prompt_tokens", path);
    auto completion_tokens = read_tokens(value, "completion_tokens", path);
    auto text = read_text(value, "text", path);
    auto final_answer = read_text(value, "final", path);
    auto token_probability = read_probability(value, "token_probability", path);
    auto stated_confidence = read_probability(value, "stated_confidence", path);
    for (const Error& error : {acceptable.error(), prompt_tokens.error(), completion_tokens.error(), text.error(),
                               final_answer.error(), token_probability.error(), stated_confidence.error()}) {
        if (!error.param().empty()) {
            return error;
        }
    }
    answer.acceptable = *acceptable;
    answer.prompt_tokens = *prompt_tokens;
    answer.completion_tokens = *completion_tokens;
    answer.text = std::move(*text);
    answer.final_answer = std::move(*final_answer);
    answer.token_probability = *token_probability;
    answer.stated_confidence = *stated_confidence;
    if (const JsonValue none = value.find("no_answer"); none.exists() && !none.is_null()) {
        auto no_answer = read_verdict(none, path + ".no_answer");
        if (!no_answer) {
            return no_answer.error();
        }
        answer.no_answer = *no_answer;
    }
    return answer;
}

Result<void> read_answers(const JsonValue& answers, Outcome& outcome) {
    if (!answers.is_object() || answers.size() == 0 || answers.size() > kAnswersMax) {
        return wrong("answers", "must be an object with 1 to 64 members, each a model's name and what it answered");
    }
    std::string scratch;
    for (const JsonValue value : answers) {
        const std::string model(value.key(scratch));
        if (model.empty() || model.size() > kModelBytesMax || has_control_characters(model)) {
            return wrong("answers", "has a model's name that is not 1 to 128 bytes without control characters");
        }
        auto answer = read_answer(value, "answers." + model);
        if (!answer) {
            return answer.error();
        }
        if (!outcome.answers.emplace(model, std::move(*answer)).second) {
            return wrong("answers", "holds the model `" + model + "` twice");
        }
    }
    return {};
}

}  // namespace

const RecordedAnswer* Outcome::answer_of(std::string_view model) const noexcept {
    const auto found = answers.find(model);
    return found == answers.end() ? nullptr : &found->second;
}

Result<Outcome> read_outcome(std::string_view line, wire::JsonParser& parser) {
    wire::JsonLimits limits;
    limits.bytes_max = kOutcomeBytesMax;
    auto root = parser.parse(line, limits);
    if (!root) {
        return root.error();
    }
    if (!root->is_object()) {
        return Error::downstream(ErrorKind::InvalidRequest, "invalid_outcome", "A line must be one JSON object.");
    }
    Outcome outcome;
    const struct {
        const char* member;
        std::string& target;
    } labels[] = {{"id", outcome.id}, {"suite", outcome.suite}, {"class", outcome.request_class}, {"category", outcome.category}};
    for (const auto& [member, target] : labels) {
        auto text = read_label(*root, member);
        if (!text) {
            return text.error();
        }
        target = std::move(*text);
    }
    if (outcome.id.empty()) {
        return wrong("id", "must be there and name the row");
    }
    const JsonValue prompt = root->find("prompt");
    outcome.prompt = prompt.to_string();
    if (!prompt.is_string() || outcome.prompt.empty()) {
        return wrong("prompt", "must be a string and not empty");
    }
    if (auto read = read_answers(root->find("answers"), outcome); !read) {
        return read.error();
    }
    return outcome;
}

}  // namespace tierway::lab
