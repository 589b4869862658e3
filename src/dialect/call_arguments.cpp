#include "dialect/call_arguments.hpp"

#include "tierway/base/json_writer.hpp"

namespace tierway::dialect {

bool is_json_object(std::string_view text, wire::JsonParser& parser) {
    const Result<wire::JsonValue> parsed = parser.parse(text);
    return parsed && parsed->is_object();
}

std::string_view arguments_object(const ToolCallPart& call, wire::JsonParser& parser, std::string& scratch) {
    constexpr std::string_view kBlanks = " \t\r\n";
    if (!call.custom) {
        if (call.arguments.find_first_not_of(kBlanks) == std::string::npos) {
            return "{}";
        }
        if (is_json_object(call.arguments, parser)) {
            return call.arguments;
        }
    }
    scratch.clear();
    JsonWriter(scratch).begin_object().text(call.custom ? "input" : "arguments", call.arguments).end_object();
    return scratch;
}

}  // namespace tierway::dialect
