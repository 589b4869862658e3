#include "policy/quoted_name.hpp"

namespace tierway::policy {

std::string quoted_name(std::string_view name) {
    constexpr std::size_t kShownMax = 80;
    if (name.size() <= kShownMax) {
        return "`" + std::string(name) + "`";
    }
    std::size_t end = kShownMax;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return "`" + std::string(name.substr(0, end)) + "…`";
}

}  // namespace tierway::policy
