#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/dialect/chat_answer.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// More choices or parallel tool calls than any API answers with: beyond it an answer is malformed, not large.
inline constexpr std::size_t kChoicesMax = 128;
inline constexpr std::size_t kToolCallsMax = 128;

/// The meaning of `finish_reason`, vendors' own names included (WIRE.md section 5.4). Missing, null and "" are None.
FinishReason finish_reason_of(const wire::JsonValue& value) noexcept;
/// Whether a `finish_reason` says that the provider broke off: "error", or DeepSeek's "insufficient_system_resource".
bool tells_of_failure(const wire::JsonValue& finish_reason) noexcept;

/// The two members of a tool call that are judged: a function's `name` and `arguments` or a custom tool's `name` and `input`.
struct ToolCallParts {
    wire::JsonValue name;
    wire::JsonValue arguments;
};
ToolCallParts tool_call_parts(const wire::JsonValue& call) noexcept;

/// Appends the text of a `content`, whole or a delta: a string, or an array whose text parts count. False for any other kind
/// but null and missing, which are empty.
bool append_content(const wire::JsonValue& content, std::string& out);

/// Appends tool arguments: a string's text, or the JSON text of a server that forgot to make it a string.
void append_arguments(const wire::JsonValue& arguments, std::string& out);

/// Appends `logprobs.content[].logprob`, each within [-9999, 0], the API's own range.
void append_logprobs(const wire::JsonValue& logprobs, std::vector<float>& out);

/// Bytes of a string's text once unescaped, without unescaping it; 0 for other kinds.
std::size_t text_size(const wire::JsonValue& value) noexcept;

Error malformed_answer(std::string_view provider_name, std::string_view why);
/// A choice that ended with a finish reason that tells of failure and no further word.
Error failed_answer(std::string_view provider_name);

}  // namespace tierway::dialect
