#pragma once

#include <string>
#include <string_view>

#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/reply.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::responses {

/// Between the pieces of one thought where a text holds them all: an item's summary has parts.
inline constexpr std::string_view kBetweenThoughts = "\n\n";

/// What a reasoning item says that can be read: its summary, then its content.
std::string reasoning_text(const wire::JsonValue& item);

/// Whether an item calls a tool of the client's.
bool is_call(const wire::JsonValue& item) noexcept;

/// REQUIRES: `is_call`.
ToolCallPart read_call(const wire::JsonValue& item);

/// Appends the token objects of a `logprobs` array to those of a JSON array without its brackets.
void append_tokens(const wire::JsonValue& logprobs, std::string& tokens);

/// How a whole response ended. \param calls it has any of the client's tools called.
FinishReason finish_reason_of(const wire::JsonValue& response, bool calls) noexcept;

/// `created_at` of a response, which some servers state with a fraction; 0 when it is no time.
std::int64_t created_of(const wire::JsonValue& response) noexcept;

/// Whether a response says that nothing came of it.
bool is_failed(const wire::JsonValue& response) noexcept;
/// The error of such a response.
Error failure_of(const wire::JsonValue& response, std::string_view provider_name);

}  // namespace tierway::dialect::responses
