#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tierway::wire {

/// One dispatched server-sent event, or a comment. Views are valid until the next call on the decoder.
struct SseEvent {
    enum class Kind : std::uint8_t {
        Data,     ///< `data` is the payload, lines joined with "\n".
        Comment,  ///< A block of `:` lines only; `data` is the last one's text.
    };
    Kind kind = Kind::Data;
    std::string_view name;  ///< The `event:` field, or empty.
    std::string_view data;
};

/// Decodes text/event-stream (WHATWG HTML, section 9.2.6) from pieces cut anywhere. LF, CRLF and bare CR end lines, one
/// leading BOM is dropped, `id` and `retry` are ignored, an event without data is not dispatched. Events that lie whole
/// inside one fed piece are views of that piece: nothing is copied. Pure and bounded.
class SseDecoder {
public:
    enum class Status : std::uint8_t {
        Event,      ///< `event` was filled in; call again.
        NeedInput,  ///< All fed bytes are used up.
        TooLarge,   ///< An event exceeds the bound; the decoder is finished.
    };

    /// \param event_bytes_max bound on the bytes of one event, lines and names included.
    explicit SseDecoder(std::size_t event_bytes_max = std::size_t{1} << 20U) : event_bytes_max_(event_bytes_max) {}

    /// Hands over the next piece of the stream, which must stay in place until `next` answers NeedInput.
    /// REQUIRES: the piece before has been used up.
    void feed(std::string_view bytes);
    Status next(SseEvent& event);
    /// Whether bytes of an unfinished event are held: a stream that ends now was cut.
    [[nodiscard]] bool holds_partial_event() const noexcept;
    /// Forgets everything, for the next stream.
    void reset() noexcept;

private:
    // Implementation state; see the source.
    std::size_t event_bytes_max_;
    std::string_view input_;
    std::string partial_;
    std::string assembled_;
    bool at_start_ = true;
    bool swallow_line_feed_ = false;
    bool failed_ = false;
};

}  // namespace tierway::wire
