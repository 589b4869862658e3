#include "simulator/tool_choice.hpp"

#include <algorithm>
#include <array>

#include "simulator/words.hpp"

namespace tierway::simulator {
namespace {

constexpr std::size_t kTellingBytes = 4;

/// "getWeather" and "get_weather" both fall into "get" and "weather".
std::string spaced_name(std::string_view name) {
    std::string spaced;
    for (const char c : name) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper) {
            spaced += ' ';
        }
        spaced += c == '_' || c == '-' || c == '.' ? ' ' : c;
    }
    return lowered(spaced);
}

bool is_asked_for(const OfferedTool& tool, std::string_view question) {
    static constexpr std::array<std::string_view, 12> kVerbs{"create", "delete", "fetch", "find",   "list",   "lookup",
                                                             "query",  "read",   "send",  "search", "update", "write"};
    const std::string name = spaced_name(tool.name);
    const auto words = words_of(name);
    return std::any_of(words.begin(), words.end(), [question](std::string_view word) {
        const bool telling = word.size() >= kTellingBytes && std::find(kVerbs.begin(), kVerbs.end(), word) == kVerbs.end();
        return telling && has_word_start(question, word);
    });
}

}  // namespace

const OfferedTool* choose_tool(const ChatInput& input) {
    if (input.tools.empty() || input.tool_choice == ChatInput::ToolChoice::None) {
        return nullptr;
    }
    const std::string question = lowered(input.question);
    for (const OfferedTool& tool : input.tools) {
        if (input.tool_choice == ChatInput::ToolChoice::Named ? tool.name == input.named_tool
                                                              : input.tool_result.empty() && is_asked_for(tool, question)) {
            return &tool;
        }
    }
    return input.tool_choice == ChatInput::ToolChoice::Required ? &input.tools.front() : nullptr;
}

}  // namespace tierway::simulator
