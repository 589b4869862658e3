#pragma once

#include <string_view>

namespace tierway::dialect {

/// "image/png" for "a.PNG" and for "https://example.com/a.png?size=1"; empty when the ending is none that is known.
std::string_view media_type_of_name(std::string_view name_or_url) noexcept;

/// "docx" for its media type, whose parameters do not count; empty when it is none that is known. The common one of several.
std::string_view extension_of(std::string_view media_type) noexcept;

}  // namespace tierway::dialect
