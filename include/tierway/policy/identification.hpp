#pragma once

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/policy/principal.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::policy {

/// Who sent a request, by the key in its headers: `Authorization: Bearer …` (OpenAI), `x-api-key` (Anthropic) or `api-key`
/// (Azure). The same key in several of them is one key. Without configured keys nothing is looked at, and everybody is the local
/// principal: SDKs insist on sending some placeholder.
///
/// Errors: InvalidRequest "conflicting_api_keys" when the headers hold different keys; Unauthorized "missing_api_key" when they
/// hold none, and "invalid_api_key" for one that is unknown, expired, malformed or longer than 512 bytes: which of these it is
/// stays unsaid. No message holds anything of what was sent.
/// \param now for the keys' expiry. \returns never null; it lives in the snapshot, or for ever.
Result<const Principal*> identify(const config::Snapshot& snapshot, const wire::HttpFields& fields, WallTime now);

}  // namespace tierway::policy
