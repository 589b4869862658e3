#include "tierway/config/pass_through.hpp"

#include <algorithm>

namespace tierway::config {

bool PassThrough::serves(std::string_view segment) const noexcept {
    return std::find(paths.begin(), paths.end(), segment) != paths.end();
}

}  // namespace tierway::config
