#include "gateway/endpoint.hpp"

#include <array>
#include <string>

#include "tierway/base/did_you_mean.hpp"

namespace tierway::gateway {
namespace {

constexpr std::string_view kModels = "/v1/models";

struct Served {
    std::string_view path;
    Endpoint endpoint;
    std::string_view method;
};

constexpr std::array kServed = {
    Served{"/v1/chat/completions", Endpoint::Chat, "POST"},
    Served{"/v1/responses", Endpoint::Responses, "POST"},
    Served{"/v1/messages", Endpoint::Messages, "POST"},
    Served{"/v1/completions", Endpoint::Completions, "POST"},
    Served{"/v1/embeddings", Endpoint::Embeddings, "POST"},
    Served{"/v1/messages/count_tokens", Endpoint::CountTokens, "POST"},
    Served{kModels, Endpoint::Models, "GET"},
};

}  // namespace

std::string_view path_of(std::string_view target) noexcept {
    return target.substr(0, target.find('?'));
}

Routed route_path(std::string_view method, std::string_view path) noexcept {
    for (const Served& served : kServed) {
        if (path == served.path) {
            return {served.endpoint, served.method};
        }
    }
    if (!model_id_in(path).empty()) {
        return {Endpoint::Model, "GET"};
    }
    // Claude Code looks whether anybody is there before it asks (WIRE.md section 6.5).
    if (method == "HEAD" && (path == "/" || path == "/api/hello")) {
        return {Endpoint::Probe, "HEAD"};
    }
    return {};
}

std::string_view route_template(Endpoint endpoint, std::string_view path) noexcept {
    switch (endpoint) {
        case Endpoint::Unknown:
            return {};
        case Endpoint::Model:
            return "/v1/models/{id}";
        default:
            return path;  // Served by their exact paths.
    }
}

dialect::Dialect door_of(Endpoint endpoint, bool anthropic) noexcept {
    switch (endpoint) {
        case Endpoint::Responses:
            return dialect::Dialect::Responses;
        case Endpoint::Messages:
        case Endpoint::CountTokens:
            return dialect::Dialect::Anthropic;
        case Endpoint::Completions:
            return dialect::Dialect::Completions;
        case Endpoint::Models:
        case Endpoint::Model:
            return anthropic ? dialect::Dialect::Anthropic : dialect::Dialect::Chat;
        default:
            return dialect::Dialect::Chat;
    }
}

Error no_such_path(std::string_view path) {
    std::array<std::string_view, kServed.size()> paths;
    for (std::size_t i = 0; i < kServed.size(); ++i) {
        paths[i] = kServed[i].path;
    }
    return Error::downstream(ErrorKind::RouteNotFound, "unknown_path",
                             "Nothing is served at `" + std::string(path.substr(0, 128)) + "`." + did_you_mean(path, paths));
}

std::string_view model_id_in(std::string_view path) noexcept {
    const bool has_id = path.starts_with(kModels) && path.size() > kModels.size() + 1 && path[kModels.size()] == '/';
    return has_id ? path.substr(kModels.size() + 1) : std::string_view();
}

}  // namespace tierway::gateway
