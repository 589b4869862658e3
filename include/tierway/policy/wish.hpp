#pragma once

#include <optional>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::policy {

/// What the client's `model` asks for. Both empty: `auto`, the class decides. Never both.
struct Wish {
    std::optional<config::TierId> tier;    ///< `tier:name`.
    std::optional<config::ModelId> model;  ///< `provider/model`; always one that is in some tier.
};

/// Reads `model`: `auto`, `provider/model`, `tier:name`, or an alias of one of them. An alias is followed once, and none can take
/// over `auto`. A model that is in no tier cannot be asked for: no class could ever be answered by it.
/// Errors: ModelNotFound, code "model_not_found", param "model", naming what exists and the nearest name.
Result<Wish> read_wish(const config::Snapshot& snapshot, std::string_view model);

}  // namespace tierway::policy
