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

    /// \param event_bytes_max bound on the bytes of one event: all its lines, comments too, each with one byte for its end.
    explicit SseDecoder(std::size_t event_bytes_max = std::size_t{1} << 20U) : event_bytes_max_(event_bytes_max) {}

    /// Hands over the next piece of the stream, which must stay in place until `next` answers NeedInput.
    /// REQUIRES: the piece before has been used up.
    void feed(std::string_view bytes);
    Status next(SseEvent& event);
    /// Whether bytes of an unfinished event are held: a stream that ends now was cut. Comments are no such bytes.
    [[nodiscard]] bool holds_partial_event() const noexcept;
    /// Forgets everything, for the next stream.
    void reset() noexcept;

private:
    /// Takes the next line without its end from the input; false when the input holds no whole line.
    bool take_line(std::string_view& line);
    [[nodiscard]] std::size_t find_line_end() noexcept;
    void take_byte_order_mark();
    void process_field(std::string_view line);
    void append_data(std::string_view value);
    void assemble_data();
    void begin_block() noexcept;
    /// Copies what the unfinished block has in the input, which is about to go away.
    void keep_block();
    Status finish_input();

    std::size_t event_bytes_max_;
    std::string_view input_;
    std::size_t cursor_ = 0;     ///< The first unread byte of the input.
    std::size_t line_feed_ = 0;  ///< The first line feed at or behind the cursor, or the input's size; may lie before the cursor.

    // The block being read. Its views lie in the input, in `partial_` or in the string of the same purpose.
    std::string_view name_;
    std::string_view data_;
    std::string_view comment_;
    std::size_t block_bytes_ = 0;
    bool has_data_ = false;
    bool has_field_ = false;
    bool has_comment_ = false;
    bool data_is_assembled_ = false;
    bool dispatched_ = false;

    std::string partial_;    ///< A line that began in an earlier piece; its end has not arrived while `partial_open_`.
    std::string assembled_;  ///< Data of several lines or pieces.
    std::string kept_name_;
    std::string kept_comment_;
    std::size_t mark_bytes_ = 0;  ///< Matched bytes of the byte order mark.
    bool partial_open_ = false;
    bool at_start_ = true;
    bool swallow_line_feed_ = false;
    bool failed_ = false;
};

}  // namespace tierway::wire
