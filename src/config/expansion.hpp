#pragma once

#include <string>
#include <string_view>

#include "config/scalars.hpp"
#include "tierway/config/load.hpp"

namespace tierway::config {

/// The text with each `${NAME}` replaced by that environment variable, and each `${NAME:-default}` by the default where it is
/// missing or empty. Without a default that is a problem that names it; no problem ever shows a variable's value.
Parsed<std::string> expand_environment(std::string_view text, const Environment& environment);

/// The name when the whole text is one `${NAME}`, else empty.
std::string_view whole_variable(std::string_view text);

}  // namespace tierway::config
