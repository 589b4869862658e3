#pragma once

#include <string>
#include <string_view>

#include "app/command_tree.hpp"

namespace tierway::app {

/// The manual page of section 1, in the macros of man(7).
std::string manual_page(const CommandDescription& program, std::string_view version);

}  // namespace tierway::app
