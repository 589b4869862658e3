#include <algorithm>
#include <iterator>
#include <utility>

#include "dialect/responses/one_line.hpp"
#include "dialect/responses/read_tools.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/responses.hpp"

namespace tierway::dialect::responses {
namespace {

/// A member and what the API says in its place when the request does not state it.
struct EchoedMember {
    std::string_view name;
    std::string_view otherwise;
};
constexpr EchoedMember kEchoedMembers[] = {
    {"instructions", "null"},        {"max_output_tokens", "null"},
    {"max_tool_calls", "null"},      {"metadata", "{}"},
    {"parallel_tool_calls", "true"}, {"prompt_cache_key", "null"},
    {"safety_identifier", "null"},   {"temperature", "1.0"},
    {"tool_choice", "\"auto\""},     {"tools", "[]"},
    {"top_logprobs", "0"},           {"top_p", "1.0"},
    {"truncation", "\"disabled\""},  {"user", "null"},
};

/// What this gateway answers whatever was asked: it keeps nothing.
constexpr std::string_view kStateless = R"(,"background":false,"previous_response_id":null,"store":false)";

std::string one_line_or(const wire::JsonValue& value, std::string_view otherwise) {
    std::string text;
    if (value.exists() && !value.is_null()) {
        append_one_line(text, value.raw());
        return text;
    }
    return std::string(otherwise);
}

/// Its members as they are stated, but the first few always.
void write_object(JsonWriter& json, const wire::JsonValue& object, std::string_view name, const EchoedMember* always,
                  const EchoedMember* always_end) {
    json.key(name).begin_object();
    for (const EchoedMember* member = always; member != always_end; ++member) {
        json.raw(member->name, one_line_or(object.find(member->name), member->otherwise));
    }
    std::string scratch;
    for (const wire::JsonValue member : object) {
        const std::string_view key = member.key(scratch);
        const bool written = std::any_of(always, always_end, [key](const EchoedMember& one) { return one.name == key; });
        if (!written) {
            json.raw(key, one_line_or(member, "null"));
        }
    }
    json.end_object();
}

void collect_namespaced(const wire::JsonValue& tools, std::vector<NamespacedTool>& namespaced) {
    for (const wire::JsonValue tool : tools) {
        if (!tool.find("type").string_is("namespace")) {
            continue;
        }
        const std::string name_space = tool.find("name").to_string();
        for (const wire::JsonValue member : tool.find("tools")) {
            std::string name = member.find("name").to_string();
            std::string flat = flat_tool_name(name_space, name);
            namespaced.push_back({std::move(flat), name_space, std::move(name)});
        }
    }
}

}  // namespace

Echo echo_of(const wire::JsonValue& request) {
    Echo echo;
    JsonWriter json(echo.members);
    json.begin_object();
    for (const EchoedMember& member : kEchoedMembers) {
        json.raw(member.name, one_line_or(request.find(member.name), member.otherwise));
    }
    constexpr EchoedMember kReasoning[] = {{"effort", "null"}, {"summary", "null"}};
    write_object(json, request.find("reasoning"), "reasoning", std::begin(kReasoning), std::end(kReasoning));
    constexpr EchoedMember kText[] = {{"format", R"({"type":"text"})"}};
    write_object(json, request.find("text"), "text", std::begin(kText), std::end(kText));
    echo.members.front() = ',';
    echo.members += kStateless;
    collect_namespaced(request.find("tools"), echo.namespaced);
    return echo;
}

}  // namespace tierway::dialect::responses
