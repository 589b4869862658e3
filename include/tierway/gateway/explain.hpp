#pragma once

#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/gateway/gateway.hpp"

namespace tierway::gateway {

/// Answers `POST /api/explain`: what would happen to a request now, as `decision::explain` has it. Nothing is called, counted or
/// kept. From any thread. \param question a JSON object with `prompt` (and `model`, by default "auto") or `request`, a body of
/// `/v1/chat/completions`; beside them `class`, declared as by `x-tierway-class`, and `key`, the id of the key that asks.
/// Errors: InvalidRequest, when the question is anything else.
Result<std::string> explain_json(const RuntimeHandle& runtime, std::string_view question);

}  // namespace tierway::gateway
