#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "net/chunked_body.hpp"

namespace tierway::net {

/// A request body that its handler takes in parts, as far as it has arrived.
struct BodyParts {
    std::size_t bytes_max = 0;
    std::uint64_t missing = 0;            ///< Of a body whose length was stated.
    std::optional<ChunkedBody> chunked;   ///< Of another.
    std::size_t received = 0;             ///< Without framing.
    std::size_t given_out = 0;            ///< Bytes of the read buffer that the last part is a view of.
    bool close_after = false;             ///< What becomes of the connection once the body was taken whole.
    bool ended = false;
    std::vector<std::string_view> pieces;
};

}  // namespace tierway::net
