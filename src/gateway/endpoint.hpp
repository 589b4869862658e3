#pragma once

#include <cstdint>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/dialect/dialect.hpp"

namespace tierway::gateway {

/// What is served on the data plane.
enum class Endpoint : std::uint8_t {
    Chat,         ///< POST /v1/chat/completions
    Responses,    ///< POST /v1/responses
    Messages,     ///< POST /v1/messages
    Completions,  ///< POST /v1/completions
    Embeddings,   ///< POST /v1/embeddings
    CountTokens,  ///< POST /v1/messages/count_tokens
    Models,       ///< GET /v1/models
    Model,        ///< GET /v1/models/{id}
    PassThrough,  ///< What a provider answers as it is, where the configuration lets it (`path_that_passes`)
    Probe,        ///< HEAD of a path by which clients ask whether anybody is there
    Unknown,
};

struct Routed {
    Endpoint endpoint = Endpoint::Unknown;
    std::string_view allowed_method;
};

/// The path of a request target, without its query.
std::string_view path_of(std::string_view target) noexcept;

/// Exact paths only: a prefix or a second spelling would be a second way to do one thing.
Routed route_path(std::string_view method, std::string_view path) noexcept;

/// The path of an endpoint as a name that stands for all its requests: "/v1/models/{id}". Empty for Unknown.
std::string_view route_template(Endpoint endpoint, std::string_view path) noexcept;

/// In whose words a request to that path is answered, errors included. \param anthropic the request says that its client speaks
/// Anthropic's API (the header `anthropic-version`): where both APIs have the path, it is answered in that one's.
dialect::Dialect door_of(Endpoint endpoint, bool anthropic) noexcept;

/// 404, with the nearest path that there is.
Error no_such_path(std::string_view path);

/// The id within `/v1/models/{id}`, as it was written.
std::string_view model_id_in(std::string_view path) noexcept;

}  // namespace tierway::gateway
