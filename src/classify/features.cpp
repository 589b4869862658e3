#include "tierway/classify/features.hpp"

#include <algorithm>
#include <array>

#include "classify/ask_text.hpp"
#include "classify/text_shape.hpp"
#include "tierway/dialect/token_estimate.hpp"

namespace tierway::classify {
namespace {

// Turns that are nothing but wrappers are stepped over, but not without end.
constexpr std::size_t kTurnsLookedAt = 8;
constexpr std::size_t kEarlierAsksMax = 3;
constexpr std::size_t kToolNamesMax = 128;
constexpr std::size_t kToolNameBytesMax = 128;

/// The newest user messages.
struct NewestTurns {
    std::array<wire::JsonValue, kTurnsLookedAt> messages;
    std::size_t count = 0;

    [[nodiscard]] std::size_t size() const noexcept { return std::min(count, kTurnsLookedAt); }
    /// 0 is the newest.
    [[nodiscard]] const wire::JsonValue& back(std::size_t age) const noexcept {
        return messages[(count - 1 - age) % kTurnsLookedAt];
    }
};

NewestTurns newest_turns(const wire::JsonValue& messages) {
    NewestTurns turns;
    for (const wire::JsonValue message : messages) {
        if (dialect::role_of(message) == dialect::Role::User) {
            turns.messages[turns.count++ % kTurnsLookedAt] = message;
        }
    }
    return turns;
}

void read_asks(const NewestTurns& turns, std::size_t bytes_max, Features& features) {
    std::size_t age = 0;
    features.ask.clear();
    while (age < turns.size() && features.ask.empty()) {
        read_ask(turns.back(age++), bytes_max / 4 * 3, features.ask);
    }
    std::size_t room = bytes_max - std::min(features.ask.size(), bytes_max);
    std::size_t asks = 0;
    for (; age < turns.size() && asks < kEarlierAsksMax; ++age) {
        if (features.earlier_asks.size() == asks) {
            features.earlier_asks.emplace_back();
        }
        std::string& ask = features.earlier_asks[asks];
        read_ask(turns.back(age), room / (kEarlierAsksMax - asks), ask);
        if (!ask.empty()) {
            room -= std::min(ask.size(), room);
            ++asks;
        }
    }
    features.earlier_asks.resize(asks);
}

// `{"type":"function","function":{"name":…}}`; other kinds of tool nest or carry their name under their own kind, or have none.
wire::JsonValue name_of_tool(const wire::JsonValue& tool) {
    if (const wire::JsonValue name = tool.find("function").find("name"); name.exists()) {
        return name;
    }
    if (const wire::JsonValue name = tool.find("custom").find("name"); name.exists()) {
        return name;
    }
    return tool.find("name");
}

void read_tool_names(const wire::JsonValue& tools, std::vector<std::string>& names) {
    std::size_t count = 0;
    for (const wire::JsonValue tool : tools) {
        const wire::JsonValue name = name_of_tool(tool);
        if (!name.is_string()) {
            continue;
        }
        if (names.size() == count) {
            names.emplace_back();
        }
        names[count].clear();
        name.append_string(names[count], kToolNameBytesMax);
        if (++count == kToolNamesMax) {
            break;
        }
    }
    names.resize(count);
}

}  // namespace

void extract_features(const dialect::ChatRequest& request, Features& features, const FeatureLimits& limits) {
    read_asks(newest_turns(request.messages), limits.ask_bytes_max, features);
    read_tool_names(request.tools, features.tool_names);
    features.prompt_tokens = dialect::estimate_tokens(request.prompt_text_bytes) + request.images * dialect::kImageTokens;
    features.turns = request.turns;
    features.has_image = request.has_image;
    features.has_audio = request.has_audio;
    features.has_tools = request.has_tools;
    features.json_schema = request.wants_json_schema();
    features.last_turn_is_tool_result = request.last_turn_is_tool_result;

    const TextShape shape = limits.text_shape ? shape_of(features.ask) : TextShape{};
    features.code_share = shape.code_share;
    features.digit_share = shape.digit_share;
    features.language.assign(shape.script);
}

}  // namespace tierway::classify
