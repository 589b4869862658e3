#pragma once

#include <optional>
#include <string>

#include "tierway/config/snapshot.hpp"

namespace tierway::policy {

/// Who asks, and how far they may go. Without configured keys everybody on loopback is the same local principal.
struct Principal {
    std::string id = "local";
    std::optional<config::TierId> max_tier;  ///< Empty: no ceiling of its own.
    bool may_declare_class = true;
};

}  // namespace tierway::policy
