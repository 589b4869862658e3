#pragma once

#include <cstdint>
#include <string_view>

namespace tierway::dialect {

/// The wire formats that are spoken here (WIRE.md). The first three are doors as well, the last is a door alone; all others are
/// spoken by providers.
enum class Dialect : std::uint8_t { Chat, Responses, Anthropic, Gemini, Converse, Completions };

/// "chat", "responses", "anthropic", "gemini", "converse", "completions".
std::string_view name_of(Dialect dialect) noexcept;

}  // namespace tierway::dialect
