#pragma once

#include <span>
#include <string>
#include <string_view>

#include "admin/page.hpp"

namespace tierway::admin {

/// A file that was compiled into the program.
struct EmbeddedFile {
    std::string_view path;  ///< Below its folder.
    std::string_view bytes;
};

/// The files of `src/admin/ui`. The definition is generated.
std::span<const EmbeddedFile> embedded_ui() noexcept;

/// The file behind `/ui/…`, where `/ui/` itself is its index; 404 for what there is not. Files hold no data, so that browsers may
/// keep them as long as the server says that they are the same.
/// \param path        without the query.
/// \param if_none_match the request's header: 304 when it names what is there.
Page ui_page(std::string_view path, std::string_view if_none_match);

}  // namespace tierway::admin
