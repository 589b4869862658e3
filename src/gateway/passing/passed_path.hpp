#pragma once

#include <optional>
#include <string_view>

namespace tierway::gateway {

/// A path of OpenAI's API that may pass as it is: "/v1/files/file-1/content".
struct PassedPath {
    std::string_view segment;  ///< "files".
    std::string_view rest;     ///< "/files/file-1/content": what is asked of a provider behind its base URL.
};

/// Empty for a path that is not plain: under `/v1/`, of segments of letters, digits and "-._~" (ids of that API have no others),
/// none of them empty, "." or "..", so that nobody on the way can read it as another path.
std::optional<PassedPath> read_passed_path(std::string_view path) noexcept;

}  // namespace tierway::gateway
