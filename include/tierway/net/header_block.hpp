#pragma once

#include <cstdint>
#include <string_view>

#include "tierway/base/text_buffer.hpp"

namespace tierway::net {

/// Header fields being written: "name: value\r\n" lines in one reusable buffer. Control characters in a value become spaces, so
/// that no value can split a message (RFC 9110 section 5.5).
class HeaderBlock {
public:
    void clear() noexcept { text_.clear(); }
    void add(std::string_view name, std::string_view value);
    void add(std::string_view name, std::int64_t value);
    /// Adds every field of another block.
    void add_all(const HeaderBlock& other) { text_.append(other.text()); }
    [[nodiscard]] std::string_view text() const noexcept { return text_.view(); }

private:
    TextBuffer text_;
};

/// "OK", "Not Found" …; "Status" for one we do not know.
std::string_view reason_phrase(unsigned status) noexcept;

}  // namespace tierway::net
