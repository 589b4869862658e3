#pragma once

#include <string>

#include "tierway/base/time.hpp"

namespace tierway {

/// A moment in UTC to the second as RFC 3339 writes it: "2026-11-26T00:00:00Z".
std::string rfc3339(WallTime time);

}  // namespace tierway
