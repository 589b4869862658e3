#include "tierway/base/glob.hpp"

namespace tierway {

bool glob_matches(std::string_view glob, std::string_view name) noexcept {
    constexpr std::size_t kNone = std::string_view::npos;
    std::size_t pattern = 0;
    std::size_t at = 0;
    // Only the latest star ever needs to take more: an earlier one that took more would leave the later ones less to choose from.
    std::size_t star = kNone;
    std::size_t star_took_until = 0;
    while (at < name.size()) {
        if (pattern < glob.size() && glob[pattern] == '*') {
            star = pattern++;
            star_took_until = at;
        } else if (pattern < glob.size() && glob[pattern] == name[at]) {
            ++pattern;
            ++at;
        } else if (star != kNone) {
            pattern = star + 1;
            at = ++star_took_until;
        } else {
            return false;
        }
    }
    while (pattern < glob.size() && glob[pattern] == '*') {
        ++pattern;
    }
    return pattern == glob.size();
}

}  // namespace tierway
