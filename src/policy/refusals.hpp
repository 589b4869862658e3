#pragma once

#include <optional>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/policy/binding.hpp"

namespace tierway::policy {

/// The 403 for a wish that `approve()` denied and whose class rejects: what forbids it, and what would be answered instead.
Error escalation_denied(const config::Snapshot& snapshot, config::ClassId request_class, const Climb& climb);

/// The 400 for a request that no model can serve: the capability, each model passed over with what it lacks, and the climb that
/// would have helped when one was denied. REQUIRES: `passed_over` is not empty.
Error capability_missing(const config::Snapshot& snapshot, const std::vector<PassedOver>& passed_over,
                         const std::optional<Climb>& denied);

}  // namespace tierway::policy
