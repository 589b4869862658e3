#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace tierway::dialect {

/// Bytes of text that one token is taken for: the customary figure for English (platform.openai.com/tokenizer).
inline constexpr std::size_t kBytesPerToken = 4;

/// Tokens that one image costs in an estimate: a 1024x1024 picture at high detail (OpenAI vision guide: 85 + 170·4).
inline constexpr std::int64_t kImageTokens = 765;

/// Bytes of encoded sound that one token is taken for at least: speech at the lowest usual rate, of which providers count ten to
/// thirty tokens a second.
inline constexpr std::size_t kAudioBytesPerToken = 32;

/// Tokens that a text of that many bytes is about to be, rounded up. An estimate for gates, for classification and for bills
/// without usage, never for settled usage.
constexpr std::int64_t estimate_tokens(std::size_t text_bytes) noexcept {
    static_assert(std::numeric_limits<std::size_t>::max() / kBytesPerToken <
                  static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max()));
    return static_cast<std::int64_t>(text_bytes / kBytesPerToken + (text_bytes % kBytesPerToken == 0 ? 0 : 1));
}

}  // namespace tierway::dialect
