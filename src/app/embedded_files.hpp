#pragma once

#include <string_view>

namespace tierway::app {

/// The bytes of `config/demo.yaml` as they were when the program was built. The definition is generated.
std::string_view demo_configuration() noexcept;

}  // namespace tierway::app
