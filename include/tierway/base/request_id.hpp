#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "tierway/base/random_bits.hpp"

namespace tierway {

/// The name of one request: "req_" and 26 characters of Crockford base32 (48 bits of milliseconds since 1970, 80 random
/// bits), so that ids sort by time and do not collide between replicas. The layout is that of a ULID (github.com/ulid/spec).
class RequestId {
public:
    static constexpr std::size_t kSize = 30;

    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), text_.size()}; }

private:
    friend class RequestIdSource;
    std::array<char, kSize> text_{};
};

/// Makes ids. One per worker thread: it is not safe to share between threads, and takes no lock.
class RequestIdSource {
public:
    /// Seeds from the operating system's entropy.
    RequestIdSource() = default;
    /// A fixed seed, for tests.
    explicit RequestIdSource(std::uint64_t seed) noexcept : random_(seed) {}

    RequestId next(std::uint64_t unix_milliseconds) noexcept;

private:
    RandomBits random_;
};

}  // namespace tierway
