#pragma once

#include <span>
#include <string_view>

#include "tierway/config/snapshot.hpp"

namespace tierway::config {

/// What is known of a vendor under the name that `providers` and the price catalogue call it by (WIRE.md sections 5 and 5.4), so
/// that a model of it needs no more than its key in the environment. Constants of static storage.
struct KnownProvider {
    std::string_view name;
    Dialect dialect = Dialect::OpenAi;
    std::string_view base_url{};  ///< May hold `${NAME}`; empty: everybody runs their own.
    /// The environment variables that may hold the key, the first that does counts; empty: none is needed.
    std::span<const std::string_view> key_variables{};
    /// The one name by which it reads the limit of an answer's length; absent: it reads both.
    std::optional<OutputLimitField> output_limit{};
    bool several_choices = true;  ///< Takes `n` above 1.
    bool responses = false;       ///< Serves the Responses API at the same base URL too.
};

std::span<const KnownProvider> known_providers() noexcept;
/// Null for a name that is not known.
const KnownProvider* find_known_provider(std::string_view name) noexcept;
/// The one whose own base URL is at that host; null when there is none.
const KnownProvider* find_known_host(std::string_view host) noexcept;

}  // namespace tierway::config
