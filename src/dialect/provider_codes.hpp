#pragma once

#include <string_view>

#include "dialect/provider_words.hpp"

namespace tierway::dialect {

/// Our code for what a provider's error object says, by its code, its type, or its words where it has no code for it; static.
/// Empty when it says nothing that is known. The codes that decide what may be done about an error, whatever its status:
/// "context_length_exceeded", "content_filter", "content_policy_violation", "insufficient_quota", "invalid_api_key",
/// "model_not_found", "rate_limit_exceeded", "overloaded" (never shown to clients); the rest tells the client more.
/// \param status the answer's, or below 400 when the error is inside an answer that began well.
std::string_view code_of(unsigned status, const ProviderWords& words);

}  // namespace tierway::dialect
