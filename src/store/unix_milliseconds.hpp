#pragma once

#include <chrono>
#include <cstdint>

#include "tierway/base/time.hpp"

namespace tierway::store {

/// Times as the ledger's file keeps them.
inline std::int64_t unix_milliseconds(WallTime at) {
    return std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
}
inline WallTime wall_time(std::int64_t milliseconds) {
    return WallTime(std::chrono::milliseconds(milliseconds));
}

}  // namespace tierway::store
