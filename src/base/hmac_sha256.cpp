#include "tierway/base/hmac_sha256.hpp"

#include <array>
#include <string>

namespace tierway {
namespace {

constexpr std::size_t kBlockBytes = 64;

std::string_view bytes_of(const Sha256& digest) noexcept {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// The key, filled up with zeros to a block, each byte changed by `pad`.
std::string padded(std::string_view key, unsigned char pad) {
    std::string block(kBlockBytes, static_cast<char>(pad));
    for (std::size_t i = 0; i < key.size(); ++i) {
        block[i] = static_cast<char>(static_cast<unsigned char>(key[i]) ^ pad);
    }
    return block;
}

}  // namespace

// Made of our own digest, because OpenSSL 3 looks the algorithms of an HMAC up under a lock.
Sha256 hmac_sha256(std::string_view key, std::string_view message) {
    const Sha256 hashed_key = key.size() > kBlockBytes ? sha256(key) : Sha256{};
    const std::string_view short_key = key.size() > kBlockBytes ? bytes_of(hashed_key) : key;
    const Sha256 inner = sha256(padded(short_key, 0x36).append(message));
    return sha256(padded(short_key, 0x5C).append(bytes_of(inner)));
}

}  // namespace tierway
