#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tierway::wire {

/// One message of an AWS event stream. Views are valid until the next call on the decoder.
struct EventStreamEvent {
    enum class Kind : std::uint8_t {
        Event,      ///< `:message-type` is `event`, or is not stated.
        Exception,  ///< `:message-type` is `exception` or `error`: the service ends the stream with a failure.
    };
    Kind kind = Kind::Event;
    std::string_view name;  ///< `:event-type`, `:exception-type` or `:error-code`; may be empty.
    std::string_view data;  ///< The payload. Of an error without one its `:error-message`, which is plain text.
};

/// Decodes application/vnd.amazon.eventstream (WIRE.md section 5.3) from pieces cut anywhere. Each message is
///
///     length, length of the headers, CRC-32 of these eight bytes, headers, payload, CRC-32 of all before
///
/// in big-endian order of bytes. Both checksums are verified, the first one before its lengths are believed. A message that lies
/// whole inside one fed piece is given as views of that piece: nothing is copied. Pure and bounded.
class EventStreamDecoder {
public:
    enum class Status : std::uint8_t {
        Event,      ///< `event` was filled in; call again.
        NeedInput,  ///< All fed bytes are used up.
        TooLarge,   ///< A message exceeds the bound; the decoder is finished.
        Malformed,  ///< A checksum or a length is wrong: nothing that follows can be trusted. The decoder is finished.
    };

    /// \param event_bytes_max bound on the bytes of one message with its headers, lengths and checksums.
    explicit EventStreamDecoder(std::size_t event_bytes_max = std::size_t{1} << 20U) : event_bytes_max_(event_bytes_max) {}

    /// Hands over the next piece of the stream, which must stay in place until `next` answers NeedInput.
    /// REQUIRES: the piece before has been used up.
    void feed(std::string_view bytes);
    Status next(EventStreamEvent& event);
    /// Whether bytes of an unfinished message are held: a stream that ends now was cut.
    [[nodiscard]] bool holds_partial_event() const noexcept;
    /// Forgets everything, for the next stream.
    void reset() noexcept;

private:
    /// Checks the prelude at the start of `bytes` and takes the message's size from it. \returns Event when it is sound.
    Status read_prelude(std::string_view bytes, std::size_t& message_bytes) const noexcept;
    /// Moves input into `partial_` until that has `bytes`; false when the input did not suffice.
    bool fill_partial(std::size_t bytes);
    Status finish(Status failure) noexcept;

    std::size_t event_bytes_max_;
    std::string_view input_;
    std::size_t cursor_ = 0;  ///< The first unread byte of the input.
    std::string partial_;     ///< A message that began in an earlier piece.
    bool partial_was_given_ = false;  ///< The last event's views lie in `partial_`, which is over by the next call.
    Status state_ = Status::NeedInput;  ///< TooLarge or Malformed once finished.
};

}  // namespace tierway::wire
