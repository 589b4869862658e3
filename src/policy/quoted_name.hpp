#pragma once

#include <string>
#include <string_view>

namespace tierway::policy {

/// A name that a client sent, between backticks, for an error message: at most 80 bytes of it, cut at a UTF-8 boundary.
std::string quoted_name(std::string_view name);

}  // namespace tierway::policy
