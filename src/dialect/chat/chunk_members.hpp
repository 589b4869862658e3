#pragma once

#include <cstdint>
#include <string_view>

#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/chat_answer.hpp"
#include "tierway/dialect/token_usage.hpp"

namespace tierway::dialect::chat {

/// The member `usage` (WIRE.md section 1.3).
void write_usage(JsonWriter& json, const TokenUsage& usage);

/// The word of `finish_reason`; Other is "stop", because clients know no other word for an end that is none of theirs.
std::string_view word_of(FinishReason reason) noexcept;

}  // namespace tierway::dialect::chat
