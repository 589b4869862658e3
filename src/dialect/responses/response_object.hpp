#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/responses.hpp"

namespace tierway::dialect::responses {

// The parts of a response object (WIRE.md section 2.2), as JSON on one line. An item's status is "in_progress", "completed" or
// "incomplete".

/// \param tokens of its log-probabilities, as JSON with commas between them.
std::string text_part(std::string_view text, std::string_view tokens);
std::string refusal_part(std::string_view text);
std::string summary_part(std::string_view text);

/// \param parts as JSON with commas between them.
std::string message_item(std::string_view id, std::string_view status, std::string_view parts);
/// \param parts as above. \param seal as the client is to send it back; empty: there is none.
std::string reasoning_item(std::string_view id, std::string_view parts, std::string_view seal);
/// A call named as the client named the tool.
std::string call_item(std::string_view id, std::string_view status, const ToolCallPart& call, const Echo& echo);

/// The client's tool that models know by this name; null when it is in no namespace.
const NamespacedTool* namespaced_tool(const Echo& echo, std::string_view flat) noexcept;

/// The seal of a reasoning item; empty: it has none. A thought of another family keeps its mark also without a seal, because its
/// maker may want the text back.
std::string sealed(const ReasoningPart& reasoning);
/// The seal of the reasoning item that carries a call's Gemini signature.
std::string sealed_signature(std::string_view signature);

/// The arguments as a client can parse them: a function's that are blank are an empty object.
std::string_view whole_arguments(const ToolCallPart& call) noexcept;

/// The inside of a JSON array of token objects, on one line; empty for anything else.
std::string tokens_of(std::string_view logprobs);

struct ResponseMembers {
    std::string_view id;
    std::string_view model;
    std::string_view service_tier;
    std::int64_t created = 0;
    std::string_view status;
    FinishReason finish_reason = FinishReason::None;  ///< Tells why it is incomplete.
    const Error* error = nullptr;
    std::string_view output;  ///< Items as JSON with commas between them.
    std::optional<TokenUsage> usage;
    std::string_view disclosure;
};

std::string response_object(const ResponseMembers& members, const Echo& echo);

/// "completed" or "incomplete", by how it ended.
std::string_view status_of(FinishReason reason) noexcept;

}  // namespace tierway::dialect::responses
