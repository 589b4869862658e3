#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "tierway/base/error.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::policy {

/// What the client's `model` asks for. Both empty: `auto`, the class decides.
struct Wish {
    std::optional<config::TierId> tier;    ///< `tier:name`.
    std::optional<config::ModelId> model;  ///< `provider/model`.
};

/// Reads `model`: `auto`, `provider/model`, `tier:name`, or an alias of one of them.
/// Errors: ModelNotFound, code "model_not_found", naming what exists and the nearest name.
Result<Wish> read_wish(const config::Snapshot& snapshot, std::string_view model);

}  // namespace tierway::policy
