#pragma once

#include <string>
#include <string_view>

#include "tierway/config/snapshot.hpp"

namespace tierway::gateway {

/// The version of Anthropic's API in which calls are made that the gateway words itself; a client of that dialect brings its own.
inline constexpr std::string_view kAnthropicVersionLine = "anthropic-version: 2023-06-01\r\n";

/// The head of a request to a model up to and including "Content-Length: ": path, host and the provider's credential, so never log it.
/// \param streamed whether the answer is to be a stream, which some dialects say by the path.
std::string upstream_head(const config::Provider& provider, const config::Model& model, bool streamed);

}  // namespace tierway::gateway
