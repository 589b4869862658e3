#pragma once

#include <string>
#include <string_view>

#include "tierway/gateway/gateway.hpp"

namespace tierway::gateway {

/// The body of `/api/policy`: {"version","policy","tiers":[{"tier","models"}…],
/// "classes":[{"class","tier","escalates_to"?,"below"?}…],"keys":[id…]}: what a page needs to name and order what it shows. Tiers
/// are cheapest first, classes as in the configuration. From any thread. \param version of the program.
std::string policy_outline_json(const RuntimeHandle& runtime, std::string_view version);

}  // namespace tierway::gateway
