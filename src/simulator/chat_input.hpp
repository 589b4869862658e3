#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"

namespace tierway::simulator {

/// A tool that the request offers.
struct OfferedTool {
    std::string name;
    bool custom = false;        ///< Takes free text instead of JSON arguments.
    nlohmann::json parameters;  ///< Its JSON schema; null when it has none.
};

/// What of a Chat Completions request the simulator acts on (WIRE.md section 1.1). Everything else is accepted and ignored.
struct ChatInput {
    enum class ToolChoice : std::uint8_t { None, Auto, Required, Named };
    enum class Form : std::uint8_t { Text, JsonObject, JsonSchema };

    static constexpr std::size_t kSimulateBytesMax = 512;  ///< As the API bounds metadata values.

    std::string model;
    std::string question;        ///< The text of the newest user message.
    std::string conversation;    ///< Role and text of every message: what the fate of the answer hangs on.
    std::string tool_result;     ///< The last message's text when it is a tool's.
    std::size_t text_bytes = 0;  ///< Of all messages.
    std::size_t images = 0;

    unsigned choices = 1;
    std::vector<std::string> stop;
    std::optional<std::size_t> tokens_max;
    bool logprobs = false;
    unsigned top_logprobs = 0;
    bool stream = false;
    bool include_usage = false;
    std::string service_tier;  ///< That is asked for; empty: none.

    Form form = Form::Text;
    nlohmann::json schema;
    std::vector<OfferedTool> tools;
    ToolChoice tool_choice = ToolChoice::Auto;
    std::string named_tool;

    std::string simulate;  ///< `metadata.simulate`, to which the handler adds the header's.
};

/// Errors: InvalidRequest, naming the field, for what is no such request.
Result<ChatInput> read_chat_input(std::string_view body);

}  // namespace tierway::simulator
