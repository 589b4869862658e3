#pragma once

#include <string_view>

#include "config/problems.hpp"

namespace tierway::config {

constexpr std::size_t kConfigurationBytesMax = std::size_t{1} << 20U;

/// Whether the bytes may be given to the YAML parser: at most 1 MiB of valid UTF-8 (RFC 3629) without control characters other
/// than tab and line ends. When not, one problem says where and why.
bool check_text(std::string_view text, Problems& problems);

}  // namespace tierway::config
