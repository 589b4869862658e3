#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tierway::config {

/// Tells which of several short texts a text holds, ASCII case ignored: 32 bytes at a time where the processor has AVX2, by
/// the first three bytes of each ("Teddy", from Hyperscan: Wang et al., NSDI 2019, section 4.2). Immutable; thread-safe.
class LiteralSearch {
public:
    static constexpr std::size_t kLiteralBytesMin = 3;

    /// \param literals in lower case; each of `kLiteralBytesMin` bytes at least.
    explicit LiteralSearch(std::vector<std::string> literals);

    /// The positions of the literals that the text holds, each once, in no order.
    [[nodiscard]] std::vector<int> find_in(std::string_view text) const;
    /// The same without vector instructions: for other processors, for the ends of texts, and as the yardstick of the tests.
    [[nodiscard]] std::vector<int> find_portably_in(std::string_view text) const;

private:
    static constexpr std::size_t kBuckets = 8;
    /// For one of the first three bytes: the buckets with a literal whose byte has that half.
    struct Halves {
        alignas(16) std::array<std::uint8_t, 16> lower{};
        alignas(16) std::array<std::uint8_t, 16> upper{};
    };

    [[nodiscard]] std::uint8_t buckets_at(const char* at) const noexcept;
    void add_found(std::string_view rest, unsigned buckets, std::vector<int>& found) const;
    void add_found_bytewise(std::string_view text, std::vector<int>& found) const;
    void add_found_in_blocks(std::string_view text, std::vector<int>& found) const;

    struct Literal {
        std::string text;
        int position;
    };
    std::array<std::vector<Literal>, kBuckets> literals_;
    std::array<Halves, kLiteralBytesMin> halves_{};
};

}  // namespace tierway::config
