#include <array>
#include <utility>

#include "dialect/request_errors.hpp"
#include "tierway/dialect/completions.hpp"

namespace tierway::dialect::completions {
namespace {

constexpr std::int64_t kOutputTokensDefault = 16;
constexpr std::int64_t kOutputTokensMax = 1'000'000;
constexpr std::int64_t kChoicesMax = 128;
constexpr std::string_view kUseChat = "Ask for it through /v1/chat/completions, or leave it out.";

/// The member, unless it is null: then it counts as absent.
wire::JsonValue stated(const wire::JsonValue& object, std::string_view name) {
    const wire::JsonValue value = object.find(name);
    return value.is_null() ? wire::JsonValue() : value;
}

Result<std::optional<std::int64_t>> optional_count(const wire::JsonValue& body, std::string_view name, std::int64_t most) {
    const wire::JsonValue value = stated(body, name);
    if (!value.exists()) {
        return std::optional<std::int64_t>();
    }
    if (value.kind() != wire::JsonKind::Number) {
        return invalid_type(name, "an integer", value);
    }
    const std::optional<std::int64_t> count = value.integer();
    if (!count || *count < 1 || *count > most) {
        return invalid_value(name, "must be an integer from 1 to " + std::to_string(most));
    }
    return count;
}

Result<bool> optional_flag(const wire::JsonValue& object, std::string_view name, std::string_view param) {
    const wire::JsonValue value = stated(object, name);
    const std::optional<bool> flag = value.boolean();
    if (value.exists() && !flag) {
        return invalid_type(param, "a boolean", value);
    }
    return flag.value_or(false);
}

Result<void> read_prompt(const wire::JsonValue& body, Conversation& conversation) {
    wire::JsonValue prompt = stated(body, "prompt");
    if (prompt.is_array()) {
        if (prompt.size() > 1 && prompt.at(0).is_string()) {
            return unsupported_parameter("prompt", "Send one request for each prompt.");
        }
        if (prompt.size() > 0 && !prompt.at(0).is_string()) {
            return unsupported_parameter("prompt", "Tokens mean something to one model alone. Send the prompt as text.");
        }
        prompt = prompt.at(0);
    }
    if (!prompt.exists()) {
        return missing_parameter("prompt", "a string");
    }
    if (!prompt.is_string()) {
        return invalid_type("prompt", "a string, or an array of one", prompt);
    }
    TextPart text{prompt.to_string()};
    if (text.text.empty()) {
        return invalid_value("prompt", "must not be empty");
    }
    Turn turn{Role::User, {}};
    turn.parts.push_back({std::move(text), {}});
    conversation.turns.push_back(std::move(turn));
    return {};
}

/// What a conversation has no words for, when it is more than the default.
Result<void> refuse_what_has_no_words(const wire::JsonValue& body, std::int64_t choices) {
    const wire::JsonValue suffix = stated(body, "suffix");
    if (suffix.exists() && !suffix.string_is("")) {
        return unsupported_parameter("suffix", kUseChat);
    }
    const auto echo = optional_flag(body, "echo", "echo");
    if (!echo) {
        return echo.error();
    }
    if (*echo) {
        return unsupported_parameter("echo", "The answer holds what the model writes alone. Leave it out.");
    }
    const auto best_of = optional_count(body, "best_of", kChoicesMax);
    if (!best_of) {
        return best_of.error();
    }
    if (best_of->value_or(choices) != choices) {
        return unsupported_parameter("best_of", "Choices that are made are given. Ask for as many with 'n', or leave it out.");
    }
    return {};
}

Result<void> read_numbers(const wire::JsonValue& body, Conversation& conversation) {
    struct Number {
        std::string_view name;
        std::optional<double> Conversation::*target;
    };
    constexpr std::array kNumbers = {
        Number{"temperature", &Conversation::temperature}, Number{"top_p", &Conversation::top_p},
        Number{"presence_penalty", &Conversation::presence_penalty}, Number{"frequency_penalty", &Conversation::frequency_penalty}};
    for (const Number& number : kNumbers) {
        const wire::JsonValue value = stated(body, number.name);
        const std::optional<double> read = value.number();
        if (value.exists() && !read) {
            return invalid_type(number.name, "a number", value);
        }
        if (read && !(*read >= -2.0 && *read <= 2.0)) {
            return invalid_value(number.name, "must be from -2 to 2");
        }
        conversation.*number.target = read;
    }
    const wire::JsonValue seed = stated(body, "seed");
    conversation.seed = seed.integer();
    if (seed.exists() && !conversation.seed) {
        return invalid_type("seed", "an integer", seed);
    }
    return {};
}

Result<void> read_stop(const wire::JsonValue& body, Conversation& conversation) {
    const wire::JsonValue stop = stated(body, "stop");
    if (stop.is_string()) {
        conversation.stop.push_back(stop.to_string());
        return {};
    }
    if (stop.exists() && !stop.is_array()) {
        return invalid_type("stop", "a string or an array of strings", stop);
    }
    for (const wire::JsonValue entry : stop) {
        if (!entry.is_string()) {
            return invalid_type(element_path("stop", conversation.stop.size()), "a string", entry);
        }
        conversation.stop.push_back(entry.to_string());
    }
    return {};
}

Result<void> read_stream(const wire::JsonValue& body, Conversation& conversation) {
    const auto stream = optional_flag(body, "stream", "stream");
    if (!stream) {
        return stream.error();
    }
    conversation.stream = *stream;
    const wire::JsonValue options = stated(body, "stream_options");
    if (options.exists() && !options.is_object()) {
        return invalid_type("stream_options", "an object", options);
    }
    if (options.exists() && !conversation.stream) {
        return invalid_value("stream_options", "is only allowed when 'stream' is true; remove it or set 'stream' to true");
    }
    const auto include_usage = optional_flag(options, "include_usage", "stream_options.include_usage");
    if (!include_usage) {
        return include_usage.error();
    }
    conversation.include_usage = *include_usage;
    return {};
}

Result<void> read_rest(const wire::JsonValue& body, Conversation& conversation) {
    const wire::JsonValue bias = stated(body, "logit_bias");
    if (bias.exists() && !bias.is_object()) {
        return invalid_type("logit_bias", "an object", bias);
    }
    const wire::JsonValue user = stated(body, "user");
    if (user.exists() && !user.is_string()) {
        return invalid_type("user", "a string", user);
    }
    conversation.logit_bias = bias.size() > 0 ? JsonText(bias.raw()) : JsonText();
    conversation.user = user.to_string();
    if (stated(body, "logprobs").exists()) {
        conversation.omitted.push_back("logprobs");
    }
    return {};
}

Result<void> read_model_and_counts(const wire::JsonValue& body, Conversation& conversation) {
    const wire::JsonValue model = stated(body, "model");
    if (!model.exists()) {
        return missing_parameter("model", "a string, the model's name");
    }
    if (!model.is_string()) {
        return invalid_type("model", "a string", model);
    }
    conversation.model = model.to_string();
    const auto choices = optional_count(body, "n", kChoicesMax);
    if (!choices) {
        return choices.error();
    }
    conversation.choices = choices->value_or(1);
    const auto output_tokens = optional_count(body, "max_tokens", kOutputTokensMax);
    if (!output_tokens) {
        return output_tokens.error();
    }
    conversation.output_tokens_max = output_tokens->value_or(kOutputTokensDefault);
    return refuse_what_has_no_words(body, conversation.choices);
}

}  // namespace

Result<Conversation> read_request(const wire::JsonValue& body) {
    if (!body.is_object()) {
        return Error::downstream(ErrorKind::InvalidRequest, "invalid_type",
                                 "The request body must be a JSON object with 'model' and 'prompt'.");
    }
    Conversation conversation;
    for (const auto read : {read_model_and_counts, read_prompt, read_numbers, read_stop, read_stream, read_rest}) {
        if (auto done = read(body, conversation); !done) {
            return done.error();
        }
    }
    return conversation;
}

}  // namespace tierway::dialect::completions
