#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::wire {

struct HeadLimits {
    std::size_t head_bytes_max = std::size_t{16} * 1024;
    std::size_t fields_max = 100;
    std::size_t line_bytes_max = std::size_t{8} * 1024;
};

/// A request head that the guard let pass. Views of the bytes judged.
struct GuardedHead {
    std::string_view method;
    std::string_view target;
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool expect_continue = false;
    bool close = false;  ///< The client said `Connection: close`.
};

/// Where the head ends: the offset just behind the first empty line ("\r\n\r\n"), or empty while it has not arrived.
/// \param scanned bytes known from an earlier call not to hold the end; pass the previous size to avoid scanning again.
std::optional<std::size_t> find_head_end(std::string_view bytes, std::size_t scanned = 0) noexcept;

/// Reads a request head, stricter than RFC 9112 where leniency has led to
/// request smuggling: an exact request line with an origin-form target, no obs-fold, no control characters, no underscore in
/// names, exactly one well-formed Host, at most one Content-Length without leading zeros, Transfer-Encoding only as the single
/// token `chunked`, never both, Expect only `100-continue`, no Upgrade, Connection only close/keep-alive/te.
/// \param fields gets the fields in order, without the white space around their values.
/// Every refusal means: answer, then close, because the framing of what follows is in doubt (RFC 9112 section 6.1).
/// Errors: InvalidRequest (400), HeadTooLarge (431), MethodNotAllowed (405, unknown method token), UpgradeRequired (426, another
/// protocol is asked for).
Result<GuardedHead> guard_request_head(std::string_view head, const HeadLimits& limits, HttpFields& fields);

}  // namespace tierway::wire
