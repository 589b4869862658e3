#pragma once

#include <string_view>

namespace tierway::lab {

/// The bytes of `src/lab/page/report.css` as they were when the program was built. The definition is generated.
std::string_view report_style() noexcept;

}  // namespace tierway::lab
