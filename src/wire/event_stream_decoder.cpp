#include "tierway/wire/event_stream_decoder.hpp"

#include <algorithm>
#include <boost/crc.hpp>
#include <optional>

#include "tierway/base/assert.hpp"

namespace tierway::wire {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kPreludeBytes = 3 * kLengthBytes;
constexpr std::size_t kChecksumBytes = 4;

std::uint32_t read_u32(std::string_view bytes) noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) {
        value = value << 8U | static_cast<unsigned char>(bytes[i]);
    }
    return value;
}

std::uint32_t checksum(std::string_view bytes) {
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

/// Takes the headers of one message apart from front to back.
class HeaderReader {
public:
    explicit HeaderReader(std::string_view bytes) noexcept : rest_(bytes) {}

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    /// Reads one header. \param value its text when it is a string, else empty. False when the bytes are none.
    bool read(std::string_view& name, std::string_view& value) noexcept {
        const std::optional<std::size_t> name_bytes = take_number(1);
        if (!name_bytes || *name_bytes == 0 || !take(*name_bytes, name)) {
            return false;
        }
        const std::optional<std::size_t> type = take_number(1);
        const std::optional<std::size_t> size = type ? size_of_value(*type) : std::nullopt;
        if (!size || !take(*size, value)) {
            return false;
        }
        if (*type != kString) {
            value = {};
        }
        return true;
    }

private:
    static constexpr std::size_t kString = 7;

    bool take(std::size_t bytes, std::string_view& taken) noexcept {
        if (rest_.size() < bytes) {
            return false;
        }
        taken = rest_.substr(0, bytes);
        rest_.remove_prefix(bytes);
        return true;
    }
    std::optional<std::size_t> take_number(std::size_t bytes) noexcept {
        std::string_view taken;
        if (!take(bytes, taken)) {
            return std::nullopt;
        }
        std::size_t value = 0;
        for (const char c : taken) {
            value = value << 8U | static_cast<unsigned char>(c);
        }
        return value;
    }
    /// Of a value of that type; of byte arrays and strings it stands before them. Empty for an unknown type.
    std::optional<std::size_t> size_of_value(std::size_t type) noexcept {
        switch (type) {
            case 0:  // true
            case 1:  // false
                return 0;
            case 2:  // byte
                return 1;
            case 3:  // short
                return 2;
            case 4:  // integer
                return 4;
            case 5:  // long
            case 8:  // timestamp
                return 8;
            case 6:  // byte array
            case kString:
                return take_number(2);
            case 9:  // UUID
                return 16;
            default:
                return std::nullopt;
        }
    }

    std::string_view rest_;
};

/// The headers that say what a message is.
struct MessageHeaders {
    std::string_view message_type;
    std::string_view event_type;
    std::string_view exception_type;
    std::string_view error_code;
    std::string_view error_message;
};

bool read_headers(std::string_view bytes, MessageHeaders& headers) noexcept {
    HeaderReader reader(bytes);
    while (!reader.at_end()) {
        std::string_view name;
        std::string_view value;
        if (!reader.read(name, value)) {
            return false;
        }
        if (name == ":message-type") {
            headers.message_type = value;
        } else if (name == ":event-type") {
            headers.event_type = value;
        } else if (name == ":exception-type") {
            headers.exception_type = value;
        } else if (name == ":error-code") {
            headers.error_code = value;
        } else if (name == ":error-message") {
            headers.error_message = value;
        }
    }
    return true;
}

/// \param message whole, its prelude checked. False when its checksum or its headers are wrong.
bool read_message(std::string_view message, EventStreamEvent& event) {
    const std::string_view checked = message.substr(0, message.size() - kChecksumBytes);
    if (checksum(checked) != read_u32(message.substr(checked.size()))) {
        return false;
    }
    const std::size_t header_bytes = read_u32(message.substr(kLengthBytes));
    MessageHeaders headers;
    if (!read_headers(checked.substr(kPreludeBytes, header_bytes), headers)) {
        return false;
    }
    event.data = checked.substr(kPreludeBytes + header_bytes);
    if (headers.message_type == "exception") {
        event.kind = EventStreamEvent::Kind::Exception;
        event.name = headers.exception_type;
    } else if (headers.message_type == "error") {
        event.kind = EventStreamEvent::Kind::Exception;
        event.name = headers.error_code;
        event.data = event.data.empty() ? headers.error_message : event.data;
    } else {
        event.kind = EventStreamEvent::Kind::Event;
        event.name = headers.event_type;
    }
    return true;
}

}  // namespace

void EventStreamDecoder::feed(std::string_view bytes) {
    TIERWAY_ASSERT(cursor_ == input_.size() || state_ != Status::NeedInput);
    input_ = bytes;
    cursor_ = 0;
}

EventStreamDecoder::Status EventStreamDecoder::next(EventStreamEvent& event) {
    if (state_ != Status::NeedInput) {
        return state_;
    }
    if (partial_was_given_) {
        partial_.clear();
        partial_was_given_ = false;
    }
    const std::string_view rest = input_.substr(cursor_);
    std::size_t message_bytes = 0;
    if (partial_.empty() && rest.size() >= kPreludeBytes) {
        if (const Status read = read_prelude(rest, message_bytes); read != Status::Event) {
            return finish(read);
        }
        if (rest.size() >= message_bytes) {
            cursor_ += message_bytes;
            return read_message(rest.substr(0, message_bytes), event) ? Status::Event : finish(Status::Malformed);
        }
    }
    if (!fill_partial(kPreludeBytes)) {
        return Status::NeedInput;
    }
    if (const Status read = read_prelude(partial_, message_bytes); read != Status::Event) {
        return finish(read);
    }
    if (!fill_partial(message_bytes)) {
        return Status::NeedInput;
    }
    partial_was_given_ = true;
    return read_message(partial_, event) ? Status::Event : finish(Status::Malformed);
}

EventStreamDecoder::Status EventStreamDecoder::read_prelude(std::string_view bytes, std::size_t& message_bytes) const noexcept {
    if (checksum(bytes.substr(0, 2 * kLengthBytes)) != read_u32(bytes.substr(2 * kLengthBytes))) {
        return Status::Malformed;
    }
    message_bytes = read_u32(bytes);
    const std::size_t header_bytes = read_u32(bytes.substr(kLengthBytes));
    if (message_bytes > event_bytes_max_) {
        return Status::TooLarge;
    }
    constexpr std::size_t kFrameBytes = kPreludeBytes + kChecksumBytes;
    return message_bytes >= kFrameBytes && header_bytes <= message_bytes - kFrameBytes ? Status::Event : Status::Malformed;
}

bool EventStreamDecoder::fill_partial(std::size_t bytes) {
    if (partial_.size() < bytes) {
        const std::string_view piece = input_.substr(cursor_, bytes - partial_.size());
        partial_.append(piece);
        cursor_ += piece.size();
    }
    return partial_.size() >= bytes;
}

EventStreamDecoder::Status EventStreamDecoder::finish(Status failure) noexcept {
    state_ = failure;
    return failure;
}

bool EventStreamDecoder::holds_partial_event() const noexcept {
    return !partial_.empty() && !partial_was_given_;
}

void EventStreamDecoder::reset() noexcept {
    input_ = {};
    cursor_ = 0;
    partial_.clear();
    partial_was_given_ = false;
    state_ = Status::NeedInput;
}

}  // namespace tierway::wire
