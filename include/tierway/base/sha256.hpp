#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace tierway {

using Sha256 = std::array<unsigned char, 32>;

/// The SHA-256 of some bytes. From any thread, without a lock.
Sha256 sha256(std::string_view bytes);

/// Lower-case hexadecimal digits, two for each byte.
std::string hex_of(std::string_view bytes);
std::string hex_of(const Sha256& digest);

/// Reads 64 hexadecimal digits of either case; empty when the text is anything else.
std::optional<Sha256> sha256_from_hex(std::string_view text) noexcept;

}  // namespace tierway
