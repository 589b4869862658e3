#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tierway::config {

/// Tells whether a text holds any of several short texts, ASCII case ignored: 32 bytes at a time where the processor has AVX2, by
/// the first three bytes of each ("Teddy", from Hyperscan: Wang et al., NSDI 2019, section 4.2). Immutable; thread-safe.
class LiteralSearch {
public:
    static constexpr std::size_t kLiteralBytesMin = 3;

    /// \param literals in lower case; each of `kLiteralBytesMin` bytes at least.
    explicit LiteralSearch(std::vector<std::string> literals);

    [[nodiscard]] bool any_in(std::string_view text) const noexcept;
    /// The same without vector instructions: for other processors, for the ends of texts, and as the yardstick of the tests.
    [[nodiscard]] bool any_in_portably(std::string_view text) const noexcept;

private:
    static constexpr std::size_t kBuckets = 8;
    /// For one of the first three bytes: the buckets with a literal whose byte has that half.
    struct Halves {
        alignas(16) std::array<std::uint8_t, 16> lower{};
        alignas(16) std::array<std::uint8_t, 16> upper{};
    };

    [[nodiscard]] std::uint8_t buckets_at(const char* at) const noexcept;
    [[nodiscard]] bool begins_with_one(std::string_view rest, unsigned buckets) const noexcept;
    [[nodiscard]] bool any_in_blocks(std::string_view text) const noexcept;

    std::array<std::vector<std::string>, kBuckets> literals_;
    std::array<Halves, kLiteralBytesMin> halves_{};
};

}  // namespace tierway::config
