#pragma once

#include <string>
#include <string_view>

namespace tierway::admin {

/// One answer of the admin plane.
struct Page {
    unsigned status = 200;
    std::string_view type = "application/json";
    std::string body;
    /// Of a file that may be kept until it changes; empty: nobody keeps the answer.
    std::string_view etag{};
    std::string_view location{};  ///< Where to look instead; relative, so that it holds below another path too.
};

/// `{"error":{"message":…}}`.
Page problem(unsigned status, std::string_view message);

/// The value of one query parameter of a target, as it stands there; empty when it is absent.
std::string_view query_value(std::string_view target, std::string_view name);

}  // namespace tierway::admin
