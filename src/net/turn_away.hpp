#pragma once

#include <atomic>
#include <memory>

#include "tierway/net/worker.hpp"

namespace tierway::net {

/// Tells a connection that there is no place for it (503 with `Retry-After`) and closes it, without waiting for its request. Most
/// clients have sent one by then and unread bytes would turn the close into a reset, which takes the answer away: what comes is
/// read and dropped for a second. Beyond some hundred at once they are closed without a word, because each holds a descriptor.
/// On the worker's thread. \param under_way how many are being told, over all workers.
void turn_away_politely(Worker& worker, Socket socket, std::shared_ptr<std::atomic<unsigned>> under_way);

}  // namespace tierway::net
