#pragma once

#include <cstdint>

namespace tierway::dialect {

/// The wire formats that are spoken here (WIRE.md). The first three are doors as well, the last is a door alone; all others are
/// spoken by providers.
enum class Dialect : std::uint8_t { Chat, Responses, Anthropic, Gemini, Converse, Completions };

}  // namespace tierway::dialect
