#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tierway/config/snapshot.hpp"
#include "tierway/policy/principal.hpp"

namespace tierway::gateway {

/// One line of `GET /v1/models`.
struct ListedModel {
    std::string id;
    std::string_view owner;  ///< The provider's name, or "tierway" for what the policy decides.
};

/// Everything that the principal may write as `model`: `auto`, tiers, aliases, and the models that its key may use, up to its
/// ceiling, within the boundary if it has to stay there. What a request's class forbids is not known here.
std::vector<ListedModel> listed_models(const config::Snapshot& snapshot, const policy::Principal& principal);

}  // namespace tierway::gateway
