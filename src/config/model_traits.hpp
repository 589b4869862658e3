#pragma once

#include <string_view>

#include "tierway/config/snapshot.hpp"

namespace tierway::config {

/// Fills in what is known of a model by its name and the price catalogue does not say: how it is told to think, in which words,
/// and what of it is served in Chat Completions (WIRE.md sections 1.2, 4.7, 5.1, 5.4). Names of which nothing is known change nothing.
/// \param id the provider's name for it.
void apply_model_traits(const Provider& provider, std::string_view id, Capabilities& capabilities);

/// What the provider's dialect and address leave of that, once everything is read.
void apply_provider_limits(const Provider& provider, Capabilities& capabilities);

}  // namespace tierway::config
