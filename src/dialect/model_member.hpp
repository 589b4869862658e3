#pragma once

#include <string>

#include "tierway/base/error.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// The text of a request's member `model`: a name of at most 256 bytes. Errors: InvalidRequest of param "model".
Result<void> read_model_member(const wire::JsonValue& model, std::string& name);

}  // namespace tierway::dialect
