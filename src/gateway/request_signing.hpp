#pragma once

#include <string>
#include <string_view>

#include "tierway/base/time.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::gateway {

/// Appends to the head of a request the fields by which AWS knows who sends it (Signature Version 4). Nothing for a provider whose
/// requests are not signed.
/// \param target path and query as they are sent, without the provider's prefix. \param body whole, as it is sent.
void append_signature(const config::Provider& provider, std::string_view target, std::string_view body, WallTime now,
                      std::string& head);

}  // namespace tierway::gateway
