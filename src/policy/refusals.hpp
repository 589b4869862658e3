#pragma once

#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/policy/binding.hpp"

namespace tierway::policy {

/// What a model lacks that the key may not use.
inline constexpr std::string_view kPermissionOfTheKey = "permission of the key";

/// The 403 for a wish that `approve()` denied and whose class rejects: what forbids it, and what would be answered instead.
Error escalation_denied(const config::Snapshot& snapshot, config::ClassId request_class, const Climb& climb);

/// The 400 for a request that no model can serve: the capability, each model passed over with what it lacks, and the climb that
/// would have helped when one was denied. The 403 "model_not_allowed" when each lacks the permission of the key alone, which is
/// no capability. \param denied may be null. REQUIRES: `passed_over` is not empty.
Error capability_missing(const config::Snapshot& snapshot, const std::vector<PassedOver>& passed_over, const Climb* denied);

}  // namespace tierway::policy
