#include "tierway/wire/multipart_field.hpp"

#include <algorithm>
#include <utility>

#include "tierway/wire/http_fields.hpp"

namespace tierway::wire {
namespace {

/// RFC 2046 section 5.1.1.
constexpr std::size_t kBoundaryBytesMax = 70;

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// The next part of `rest` up to a semicolon that no quotes hold.
std::string_view take_parameter(std::string_view& rest) noexcept {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < rest.size() && (quoted || rest[end] != ';'); ++end) {
        if (rest[end] == '"') {
            quoted = !quoted;
        } else if (quoted && rest[end] == '\\') {
            ++end;
        }
    }
    end = std::min(end, rest.size());
    const std::string_view taken = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    return trimmed(taken);
}

std::string unquoted(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
        return std::string(text);
    }
    std::string plain;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        i += text[i] == '\\' && i + 2 < text.size() ? 1U : 0U;
        plain += text[i];
    }
    return plain;
}

/// The value of a parameter of a field like "form-data; name=model"; empty when the field is not of that type, or has none.
std::string parameter_of(std::string_view field, std::string_view type, std::string_view name) {
    if (!equals_ignoring_case(take_parameter(field), type)) {
        return {};
    }
    while (!field.empty()) {
        const std::string_view parameter = take_parameter(field);
        const std::size_t equals = parameter.find('=');
        if (equals != std::string_view::npos && equals_ignoring_case(trimmed(parameter.substr(0, equals)), name)) {
            return unquoted(trimmed(parameter.substr(equals + 1)));
        }
    }
    return {};
}

/// The name of the form's field that a part with that head holds.
std::string field_name_in(std::string_view head) {
    constexpr std::string_view kDisposition = "content-disposition:";
    while (!head.empty()) {
        const std::string_view line = head.substr(0, head.find("\r\n"));
        if (starts_with_ignoring_case(line, kDisposition)) {
            return parameter_of(line.substr(kDisposition.size()), "form-data", "name");
        }
        head.remove_prefix(std::min(head.size(), line.size() + 2));
    }
    return {};
}

}  // namespace

std::string multipart_boundary(std::string_view content_type) {
    std::string boundary = parameter_of(content_type, "multipart/form-data", "boundary");
    const bool well_formed = boundary.size() <= kBoundaryBytesMax && boundary.find_first_of("\r\n") == std::string::npos;
    return well_formed ? boundary : std::string();
}

MultipartField::MultipartField(std::string_view boundary, std::string_view name, std::size_t value_bytes_max)
    : delimiter_("\r\n--" + std::string(boundary)), name_(name), value_bytes_max_(value_bytes_max) {}

void MultipartField::feed(std::string_view bytes) {
    while (!bytes.empty() && state_ != State::Ended) {
        if (state_ == State::Content || state_ == State::Value) {
            take_content(bytes);
            continue;
        }
        const char byte = bytes.front();
        bytes.remove_prefix(1);
        if (state_ == State::Delimiter) {
            take_delimiter(byte);
        } else {
            take_head(byte);
        }
    }
}

void MultipartField::take_content(std::string_view& bytes) {
    if (matched_ == 0) {
        const std::string_view plain = bytes.substr(0, bytes.find('\r'));
        keep(plain);
        bytes.remove_prefix(plain.size());
    }
    if (!bytes.empty()) {
        take_content_byte(bytes.front());
        bytes.remove_prefix(1);
    }
}

// A carriage return occurs in a delimiter at its beginning only, so what did not match begins no other match.
void MultipartField::take_content_byte(char byte) {
    if (byte == delimiter_[matched_]) {
        if (++matched_ < delimiter_.size()) {
            return;
        }
        if (state_ == State::Value && !too_long_) {
            value_ = std::move(kept_);
        }
        matched_ = 0;
        head_.clear();
        state_ = State::Delimiter;
        return;
    }
    keep(std::string_view(delimiter_).substr(0, matched_));
    matched_ = byte == '\r' ? 1 : 0;
    if (matched_ == 0) {
        keep(std::string_view(&byte, 1));
    }
}

void MultipartField::take_delimiter(char byte) {
    head_ += byte;
    if (head_ == "--") {
        state_ = State::Ended;
    } else if (head_.ends_with("\r\n")) {
        // What may stand between the boundary and the line's end is white space; anything else began no part.
        const bool begins_part = trimmed(std::string_view(head_).substr(0, head_.size() - 2)).empty();
        head_.clear();
        state_ = begins_part ? State::Head : State::Content;
    } else if (head_.size() > kPartHeadBytesMax) {
        state_ = State::Content;
    }
}

void MultipartField::take_head(char byte) {
    head_ += byte;
    // A part without fields has an empty line at once.
    const bool ended = head_.ends_with("\r\n\r\n") || head_ == "\r\n";
    if (ended && field_name_in(head_) == name_) {
        kept_.clear();
        too_long_ = false;
        state_ = State::Value;
    } else if (ended || head_.size() > kPartHeadBytesMax) {
        state_ = State::Content;
    }
}

void MultipartField::keep(std::string_view text) {
    if (state_ != State::Value || too_long_) {
        return;
    }
    too_long_ = kept_.size() + text.size() > value_bytes_max_;
    if (!too_long_) {
        kept_.append(text);
    }
}

}  // namespace tierway::wire
