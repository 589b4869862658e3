#include "gateway/delivered_answer.hpp"

#include <algorithm>

#include "tierway/base/utf8.hpp"

namespace tierway::gateway {

std::size_t repeated_bytes(std::string_view before, std::string_view after) noexcept {
    constexpr std::size_t kRepeatedBytesMin = 8;
    for (std::size_t size = std::min({before.size(), after.size(), kRepeatedBytesMax}); size >= kRepeatedBytesMin; --size) {
        if (before.ends_with(after.substr(0, size)) && utf8_cut(after, size) == size) {
            return size;
        }
    }
    return 0;
}

}  // namespace tierway::gateway
