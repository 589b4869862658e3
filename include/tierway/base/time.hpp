#pragma once

#include <chrono>

namespace tierway {

/// Durations, deadlines and ages: never jumps. Pure code takes it as an argument.
using SteadyTime = std::chrono::steady_clock::time_point;

/// Calendar time for records and headers: may jump, so nothing is measured with it.
using WallTime = std::chrono::system_clock::time_point;

using Milliseconds = std::chrono::milliseconds;
using Nanoseconds = std::chrono::nanoseconds;

}  // namespace tierway
