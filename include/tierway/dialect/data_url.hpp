#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tierway::dialect {

/// What a `data:` URL with Base64 holds (RFC 2397). Views of it.
struct DataUrl {
    std::string_view media_type;  ///< Without parameters; "text/plain" when none is stated, as the RFC has it.
    std::string_view data;        ///< Base64, not checked.
};

/// Empty for any other URL, also for one of a `data:` that is not Base64.
std::optional<DataUrl> read_data_url(std::string_view url) noexcept;

std::string data_url(std::string_view media_type, std::string_view data);

}  // namespace tierway::dialect
