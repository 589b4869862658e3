#pragma once

#include <string>
#include <string_view>

namespace tierway::gateway {

/// The text with each %XX replaced by its byte (RFC 3986 section 2.1); a percent sign that begins no such triple stays.
std::string percent_decoded(std::string_view text);

}  // namespace tierway::gateway
