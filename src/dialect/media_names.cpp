#include "dialect/media_names.hpp"

#include <algorithm>
#include <array>

#include "tierway/wire/http_fields.hpp"

namespace tierway::dialect {
namespace {

struct MediaName {
    std::string_view extension;
    std::string_view media_type;
};

// Of several endings with one media type the first is the common one.
constexpr std::array kMediaNames = {
    MediaName{"png", "image/png"},
    MediaName{"jpeg", "image/jpeg"},
    MediaName{"jpg", "image/jpeg"},
    MediaName{"gif", "image/gif"},
    MediaName{"webp", "image/webp"},
    MediaName{"heic", "image/heic"},
    MediaName{"heif", "image/heif"},
    MediaName{"pdf", "application/pdf"},
    MediaName{"txt", "text/plain"},
    MediaName{"md", "text/markdown"},
    MediaName{"html", "text/html"},
    MediaName{"htm", "text/html"},
    MediaName{"csv", "text/csv"},
    MediaName{"json", "application/json"},
    MediaName{"doc", "application/msword"},
    MediaName{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    MediaName{"xls", "application/vnd.ms-excel"},
    MediaName{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    MediaName{"wav", "audio/wav"},
    MediaName{"mp3", "audio/mpeg"},
    MediaName{"flac", "audio/flac"},
    MediaName{"ogg", "audio/ogg"},
    MediaName{"mp4", "video/mp4"},
    MediaName{"webm", "video/webm"},
    MediaName{"mov", "video/quicktime"},
};

}  // namespace

std::string_view media_type_of_name(std::string_view name_or_url) noexcept {
    const std::string_view path = name_or_url.substr(0, name_or_url.find_first_of("?#"));
    const std::size_t point = path.rfind('.');
    if (point == std::string_view::npos) {
        return {};
    }
    const std::string_view extension = path.substr(point + 1);
    const auto* const known = std::find_if(kMediaNames.begin(), kMediaNames.end(), [extension](const MediaName& name) {
        return wire::equals_ignoring_case(name.extension, extension);
    });
    return known == kMediaNames.end() ? std::string_view{} : known->media_type;
}

std::string_view extension_of(std::string_view media_type) noexcept {
    std::string_view type = media_type.substr(0, media_type.find(';'));
    while (type.ends_with(' ')) {
        type.remove_suffix(1);
    }
    const auto* const known = std::find_if(kMediaNames.begin(), kMediaNames.end(), [type](const MediaName& name) {
        return wire::equals_ignoring_case(name.media_type, type);
    });
    return known == kMediaNames.end() ? std::string_view{} : known->extension;
}

}  // namespace tierway::dialect
