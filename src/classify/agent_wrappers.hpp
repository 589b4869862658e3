#pragma once

#include <cstdint>
#include <string>

namespace tierway::classify {

/// Whether the text begins where its author began, or somewhere inside because its start was cut off.
enum class TextStart : std::uint8_t { Whole, AfterCut };

/// As `strip_agent_wrappers`, for the text from `begin` on. After a cut a closing tag without its opening one ends a wrapper that
/// began in the part cut off: everything from `begin` to it is removed.
void strip_agent_wrappers_from(std::string& text, std::size_t begin, TextStart start);

}  // namespace tierway::classify
