#pragma once

namespace tierway::app {

/// Exit codes of every command (DESIGN.md section 10).
inline constexpr int kFine = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;

}  // namespace tierway::app
