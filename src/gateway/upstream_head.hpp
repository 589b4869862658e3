#pragma once

#include <string>
#include <string_view>

#include "tierway/config/snapshot.hpp"
#include "tierway/dialect/dialect.hpp"

namespace tierway::gateway {

/// Path and query of a call to a model, behind the provider's prefix. \param dialect that the call is worded in; calls to embedding
/// models have one alone.
/// \param streamed whether the answer is to be a stream, which some dialects say by the path.
std::string upstream_target(const config::Provider& provider, const config::Model& model, dialect::Dialect dialect, bool streamed);

/// The head of such a call up to and including "Content-Length: ", with the provider's credential unless its calls are signed one by
/// one (`append_signature`): never log it.
std::string upstream_head(const config::Provider& provider, std::string_view target);

/// The field that holds the provider's credential, with its line end; empty without one. Never log it.
std::string credential_field(const config::Provider& provider);

/// Appends the fields that a call needs which the gateway words itself: the version of Anthropic's API.
void append_provider_fields(const config::Provider& provider, dialect::Dialect dialect, std::string& head);

}  // namespace tierway::gateway
