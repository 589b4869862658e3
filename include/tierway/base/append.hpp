#pragma once

#include <cstring>
#include <string>
#include <string_view>

namespace tierway {

/// Appends several pieces with one growth of the string: on hot paths the calls cost more than the bytes.
template <class... Pieces>
void append_all(std::string& out, const Pieces&... pieces) {
    const std::size_t at = out.size();
    out.resize(at + (std::string_view(pieces).size() + ...));
    char* to = out.data() + at;
    const auto put = [&to](std::string_view piece) {
        if (!piece.empty()) {
            std::memcpy(to, piece.data(), piece.size());
            to += piece.size();
        }
    };
    (put(pieces), ...);
}

}  // namespace tierway
