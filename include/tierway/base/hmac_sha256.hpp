#pragma once

#include <string_view>

#include "tierway/base/sha256.hpp"

namespace tierway {

/// HMAC with SHA-256 (RFC 2104) of a short message. From any thread, without a lock.
Sha256 hmac_sha256(std::string_view key, std::string_view message);

}  // namespace tierway
