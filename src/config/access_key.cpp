#include "tierway/config/access_key.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace tierway::config {
namespace {

std::uint64_t first_bytes(const Sha256& digest) noexcept {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, digest.data(), sizeof bytes);
    return bytes;
}

}  // namespace

bool Principal::may_declare(ClassId request_class) const noexcept {
    return !classes || std::find(classes->begin(), classes->end(), request_class) != classes->end();
}

KeyRing::KeyRing(const std::vector<AccessKey>& keys) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
        for (const Sha256& digest : keys[i].digests) {
            entries_.push_back({digest, KeyId(i)});
        }
    }
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return first_bytes(a.digest) < first_bytes(b.digest); });
}

std::optional<KeyId> KeyRing::find(const Sha256& digest) const noexcept {
    const std::uint64_t wanted = first_bytes(digest);
    auto candidate = std::lower_bound(entries_.begin(), entries_.end(), wanted,
                                      [](const Entry& entry, std::uint64_t bytes) { return first_bytes(entry.digest) < bytes; });
    for (; candidate != entries_.end() && first_bytes(candidate->digest) == wanted; ++candidate) {
        if (CRYPTO_memcmp(candidate->digest.data(), digest.data(), digest.size()) == 0) {
            return candidate->key;
        }
    }
    return std::nullopt;
}

}  // namespace tierway::config
