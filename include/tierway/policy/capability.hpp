#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tierway/config/snapshot.hpp"

namespace tierway::policy {

/// What a request needs of a model.
struct Needs {
    config::ModelKind kind = config::ModelKind::Chat;  ///< What is asked for.
    bool vision = false;
    bool audio = false;
    bool tools = false;
    bool json_schema = false;
    bool several_choices = false;
    std::int64_t prompt_tokens = 0;      ///< Estimated; of embeddings the longest input's.
    std::int64_t output_tokens_max = 0;  ///< Asked for; 0: not stated.
    bool stay_inside = false;            ///< The class or the key may not leave the boundary.
    std::optional<config::Dialect> only_dialect;  ///< What is asked has words in this dialect alone.
    config::ServiceTier service = config::ServiceTier::Standard;  ///< The provider's lane that is asked for.
};

/// The first thing the model lacks, in this order: "chat" or "embeddings", "image input", "audio input", "tools", "json_schema",
/// "several choices", "context window" (prompt and asked-for output together), "output tokens", "inside boundary", "a price of the
/// service tier", "a provider that speaks the dialect of the request, which asks for what no other can express" (static storage);
/// empty when it can serve the request. What is not known of a model is let through, because the provider will say; but kind and
/// boundary are always known, and nothing is asked for whose price is not.
std::optional<std::string_view> missing_capability(const config::Snapshot& snapshot, const config::Model& model,
                                                   const Needs& needs) noexcept;

}  // namespace tierway::policy
