#pragma once

namespace tierway::detail {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}

/// Checks an invariant of our own code in every build and ends the process when it does not hold.
/// Never use it on input from a peer: hostile bytes are answered, not asserted.
#define TIERWAY_ASSERT(expression)                                                \
    do {                                                                          \
        if (!(expression)) [[unlikely]] {                                         \
            ::tierway::detail::assertion_failed(#expression, __FILE__, __LINE__); \
        }                                                                         \
    } while (false)
