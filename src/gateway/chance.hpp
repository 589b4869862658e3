#pragma once

namespace tierway::gateway {

/// A number from 0 (inclusive) to 1 (exclusive) that nothing is to depend on but chance: not for secrets. From any thread.
double chance();

}  // namespace tierway::gateway
