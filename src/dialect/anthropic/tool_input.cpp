#include "dialect/anthropic/tool_input.hpp"

#include <algorithm>

#include "tierway/base/json_writer.hpp"
#include "tierway/base/sha256.hpp"

namespace tierway::dialect::anthropic {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_id_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

std::string_view tool_input(const ToolCallPart& call, wire::JsonParser& parser, std::string& scratch) {
    const std::string_view arguments = call.arguments;
    if (!call.custom) {
        if (arguments.find_first_not_of(kBlanks) == std::string_view::npos) {
            return "{}";
        }
        const Result<wire::JsonValue> parsed = parser.parse(arguments);
        if (parsed && parsed->is_object()) {
            return arguments;
        }
    }
    scratch.clear();
    JsonWriter json(scratch);
    json.begin_object().text(call.custom ? "input" : "arguments", arguments).end_object();
    return scratch;
}

std::string tool_call_id(std::string_view id) {
    if (!id.empty() && std::all_of(id.begin(), id.end(), is_id_character)) {
        return std::string(id);
    }
    constexpr std::size_t kDigits = 32;
    return "toolu_" + hex_of(sha256(id)).substr(0, kDigits);
}

}  // namespace tierway::dialect::anthropic
