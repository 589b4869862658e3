#include "tierway/config/base_url.hpp"

namespace tierway::config {

std::string BaseUrl::authority() const {
    std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != (tls ? 443 : 80)) {
        text += ":" + std::to_string(port);
    }
    return text;
}

}  // namespace tierway::config
