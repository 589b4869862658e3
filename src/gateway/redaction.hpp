#pragma once

#include "tierway/base/error.hpp"
#include "tierway/base/secret.hpp"

namespace tierway::gateway {

/// The error without the credential that a provider was called with: some repeat what they refuse, and their words reach clients,
/// records and logs. Credentials of fewer than eight bytes are left, because they may be any word.
Error without_secret(const Error& error, const Secret& secret);

}  // namespace tierway::gateway
