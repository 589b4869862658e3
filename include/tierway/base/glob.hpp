#pragma once

#include <string_view>

namespace tierway {

/// Whether `glob` (with `*` for any run of characters) matches the whole of `name`. Time at most the product of both lengths,
/// whatever the number of `*`.
bool glob_matches(std::string_view glob, std::string_view name) noexcept;

}  // namespace tierway
