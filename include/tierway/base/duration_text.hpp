#pragma once

#include <string>

#include "tierway/base/time.hpp"

namespace tierway {

/// A duration as OpenAI's `x-ratelimit-reset-…` headers write it, which is Go's way: "0s", "120ms", "8.64s", "6m0s", "1h2m3.5s".
/// Rounded up to the millisecond, so that who waits for it has waited long enough; below zero counts as zero.
std::string duration_text(Nanoseconds duration);

}  // namespace tierway
