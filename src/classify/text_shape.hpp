#pragma once

#include <string_view>

namespace tierway::classify {

/// What a text looks like, without reading it.
struct TextShape {
    double code_share = 0.0;   ///< Share of the bytes inside fenced blocks or on lines that look like code.
    double digit_share = 0.0;  ///< Share of ASCII digits in the bytes.
    std::string_view
        script;  ///< The script most letters belong to (static storage); empty without letters. "other": none of the table.
};

/// Linear in the text; allocates nothing.
TextShape shape_of(std::string_view text) noexcept;

}  // namespace tierway::classify
