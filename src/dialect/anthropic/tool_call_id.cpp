#include "dialect/anthropic/tool_call_id.hpp"

#include <algorithm>

#include "tierway/base/sha256.hpp"

namespace tierway::dialect::anthropic {
namespace {

bool is_id_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

std::string tool_call_id(std::string_view id) {
    if (!id.empty() && std::all_of(id.begin(), id.end(), is_id_character)) {
        return std::string(id);
    }
    constexpr std::size_t kDigits = 32;
    return "toolu_" + hex_of(sha256(id)).substr(0, kDigits);
}

}  // namespace tierway::dialect::anthropic
