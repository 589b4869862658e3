#pragma once

#include <string>
#include <string_view>

#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/token_usage.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::anthropic {

/// The lane that a `usage` says the answer was served in, in OpenAI's words; empty: it does not say.
std::string service_tier_of(const wire::JsonValue& usage);

/// The `usage` object of an answer. \param service_tier in OpenAI's words.
void write_usage(JsonWriter& json, const TokenUsage& usage, std::string_view service_tier);

/// The id of a message as this API's clients know them: with "msg_" before it.
std::string message_id(std::string_view id);

}  // namespace tierway::dialect::anthropic
