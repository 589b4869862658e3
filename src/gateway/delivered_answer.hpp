#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/dialect/door_codec.hpp"

namespace tierway::gateway {

/// What the client has of a streamed answer: what a continuation must go on from, and what an error event says was delivered.
struct DeliveredAnswer {
    /// Beyond it an answer is not continued: the text would have to be sent, and paid for, once more as a whole.
    static constexpr std::size_t kTextBytesMax = std::size_t{256} * 1024;

    std::string id;            ///< The `id` of its first chunk, as JSON.
    std::string text;          ///< Kept only for classes that continue.
    std::uint64_t events = 0;  ///< Events of the provider's, without those that end the stream.
    bool text_only = true;     ///< Nothing but text of one choice so far: no tool call, refusal, reasoning or audio.
    /// What wrote it, when its client speaks no Chat, between two attempts at it.
    std::optional<dialect::DoorStream> door_stream{};
};

/// How many bytes at the start of `after` repeat the end of `before`, whole characters, at most 64 (RELIABILITY.md section 6.5).
/// Fewer than 8 count as none: short words meet by chance.
std::size_t repeated_bytes(std::string_view before, std::string_view after) noexcept;

/// The text to wait for before `repeated_bytes` can tell.
inline constexpr std::size_t kRepeatedBytesMax = 64;

}  // namespace tierway::gateway
