#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tierway::wire {

/// The boundary that a Content-Type of multipart/form-data states (RFC 2046 section 5.1.1); empty when the type is another, or states
/// none that is well formed.
std::string multipart_boundary(std::string_view content_type);

/// Finds the value of one text field of a multipart/form-data body (RFC 7578) while the body passes by, in pieces cut anywhere. It
/// sees the parts as a server does: text that only looks like a field inside a file's bytes is none. Keeps the head of one part and
/// that value, both bounded, and never the body. Pure.
class MultipartField {
public:
    static constexpr std::size_t kPartHeadBytesMax = std::size_t{4} * 1024;

    /// \param boundary as `multipart_boundary` gives it. \param value_bytes_max a longer value counts as absent.
    MultipartField(std::string_view boundary, std::string_view name, std::size_t value_bytes_max = 256);

    void feed(std::string_view bytes);

    /// The value of the last part of that name, which is the one that servers keep; empty when there was none so far.
    [[nodiscard]] const std::optional<std::string>& value() const noexcept { return value_; }

private:
    enum class State : std::uint8_t {
        Content,    ///< Of a part that is not looked for, or before the first one.
        Value,      ///< Of the part that is.
        Delimiter,  ///< The rest of the line that begins a part.
        Head,       ///< The fields of a part.
        Ended,      ///< Behind the closing delimiter.
    };

    void take_content(std::string_view& bytes);
    void take_content_byte(char byte);
    void take_delimiter(char byte);
    void take_head(char byte);
    void keep(std::string_view text);

    std::string delimiter_;  ///< "\r\n--" and the boundary.
    std::string name_;
    std::size_t value_bytes_max_;
    State state_ = State::Content;
    std::size_t matched_ = 2;  ///< Of the delimiter; the first one may begin the body, without a line end.
    std::string head_;
    std::string kept_;
    bool too_long_ = false;
    std::optional<std::string> value_;
};

}  // namespace tierway::wire
