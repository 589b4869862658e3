#include "tierway/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace tierway::detail {

void assertion_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "invariant broken: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

}  // namespace tierway::detail
