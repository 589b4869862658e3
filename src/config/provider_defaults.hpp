#pragma once

#include <string>
#include <string_view>

#include "config/loading.hpp"
#include "tierway/config/known_providers.hpp"

namespace tierway::config {

/// The provider of that name. A known one that `providers` does not list is entered as the table of known providers says, when the
/// environment holds what it needs. Empty: there is none, and `problem` says why ("needs the environment variable `X`, which is not
/// set"), or is empty for a name that nobody knows.
std::optional<ProviderId> find_or_imply_provider(Loading& loading, std::string_view name, std::string& problem);

/// The vendor's own address. Empty, or why there is none.
std::string take_known_address(const KnownProvider& known, const Environment& environment, Provider& provider);
/// The vendor's credential from the environment. Empty, or why there is none.
std::string take_known_credential(const KnownProvider& known, const Environment& environment, Provider& provider);

/// What follows from the vendor and the address and is not written: the name of a limit, `n`, Responses.
/// \param vendor whose API it speaks; null: not known.
void take_known_traits(const KnownProvider* vendor, Provider& provider);

/// OpenAI's own API, also as Azure hosts it; the compatible ones know its older names, and some of them only those.
bool is_openai_host(std::string_view host) noexcept;

/// Whether a credential can be sent in a header: at most 4096 visible ASCII characters. Empty, or why not.
std::string credential_problem(std::string_view variable, std::string_view value);

}  // namespace tierway::config
