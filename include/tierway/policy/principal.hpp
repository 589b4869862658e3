#pragma once

#include "tierway/config/access_key.hpp"

namespace tierway::policy {

/// Who asks, and how far they may go: what the configuration says of the caller's key. Requests point to the entry of their
/// snapshot, which outlives them.
using Principal = config::Principal;

/// Everybody, while no keys are configured.
const Principal& local_principal() noexcept;

}  // namespace tierway::policy
