#pragma once

#include "tierway/base/error.hpp"

namespace tierway::gateway {

/// What it means that a provider's whole answer is not JSON. \param problem the parser's. \param ended_by_close nothing but the end
/// of the connection told that the answer is complete.
Error not_json(const Error& problem, bool ended_by_close);

}  // namespace tierway::gateway
