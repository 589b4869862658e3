#pragma once

#include <string>
#include <string_view>

#include "simulator/fault.hpp"

namespace tierway::simulator {

/// The OpenAI error envelope as the provider itself words it for a status (WIRE.md section 1.5). `code` replaces the usual one;
/// a code of exhausted credit also becomes the type, as OpenAI does.
std::string refusal_body(unsigned status, std::string_view code);

/// The error that a stream or a 200 carries inside: a server_error, or the given code.
std::string inner_error_body(std::string_view code);

}  // namespace tierway::simulator
