#pragma once

#include <cstdint>
#include <string>

namespace tierway::config {

/// Where a service that speaks HTTP is.
struct BaseUrl {
    bool tls = true;
    std::string host;  ///< A name or numeric address, without brackets.
    std::uint16_t port = 443;
    std::string prefix;  ///< The path before what the gateway adds ("/chat/completions"), without a trailing slash: "/v1".
    /// As the Host header writes it: the port only when it is not the scheme's own.
    [[nodiscard]] std::string authority() const;
};

}  // namespace tierway::config
