#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tierway::fuzz {

/// A chunked body as RFC 9112 section 7.1 has it, read strictly and slowly.
struct ChunkedBody {
    std::string data;
    std::size_t bytes_used = 0;  ///< Trailers and the last line end included.
    bool has_extension = false;
};

/// Reads a whole chunked body at the start of `bytes`; empty when it is not whole or breaks the grammar anywhere.
std::optional<ChunkedBody> read_chunked(std::string_view bytes);

}  // namespace tierway::fuzz
