#pragma once

namespace tierway::app {

/// Raises the number of files and sockets that this process may have open to the most that the system allows it: the limit that
/// shells give (often 1024) serves some five hundred streams. Says so in the log when it is too few for `connections`, with two
/// descriptors each: the client's and the provider's.
void raise_descriptor_limit(unsigned connections);

}  // namespace tierway::app
