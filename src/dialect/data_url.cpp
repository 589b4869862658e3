#include "tierway/dialect/data_url.hpp"

namespace tierway::dialect {

std::optional<DataUrl> read_data_url(std::string_view url) noexcept {
    constexpr std::string_view kScheme = "data:";
    constexpr std::string_view kBase64 = ";base64";
    if (!url.starts_with(kScheme)) {
        return std::nullopt;
    }
    const std::size_t comma = url.find(',');
    if (comma == std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view head = url.substr(kScheme.size(), comma - kScheme.size());
    if (!head.ends_with(kBase64)) {
        return std::nullopt;
    }
    head.remove_suffix(kBase64.size());
    head = head.substr(0, head.find(';'));
    return DataUrl{head.empty() ? "text/plain" : head, url.substr(comma + 1)};
}

std::string data_url(std::string_view media_type, std::string_view data) {
    std::string url = "data:";
    return url.append(media_type).append(";base64,").append(data);
}

}  // namespace tierway::dialect
