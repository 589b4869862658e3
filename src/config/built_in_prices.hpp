#pragma once

#include <string_view>

namespace tierway::config {

/// The bytes of `config/prices.json` as they were when the program was built. The definition is generated.
std::string_view built_in_prices() noexcept;

}  // namespace tierway::config
