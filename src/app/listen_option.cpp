#include "app/listen_option.hpp"

#include <charconv>

namespace tierway::app {

Result<config::Endpoint> read_listen_option(std::string_view text) {
    const auto wrong = [] {
        return Error::downstream(ErrorKind::InvalidRequest, "listen_invalid",
                                 "must be 127.0.0.1:PORT (port 0 lets the system choose).");
    };
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return wrong();
    }
    const std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    config::Endpoint endpoint;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
    if ((host != "127.0.0.1" && host != "localhost") || error != std::errc() || end != digits.data() + digits.size()) {
        return wrong();
    }
    return endpoint;
}

}  // namespace tierway::app
