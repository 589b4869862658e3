#include "tierway/wire/sse_decoder.hpp"

#include <algorithm>

#include "tierway/base/assert.hpp"

namespace tierway::wire {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view without_leading_space(std::string_view text) noexcept {
    return text.starts_with(' ') ? text.substr(1) : text;
}

}  // namespace

void SseDecoder::feed(std::string_view bytes) {
    TIERWAY_ASSERT(cursor_ == input_.size() || failed_);
    input_ = bytes;
    cursor_ = 0;
    line_feed_ = std::min(input_.find('\n'), input_.size());
}

SseDecoder::Status SseDecoder::next(SseEvent& event) {
    if (failed_) {
        return Status::TooLarge;
    }
    if (dispatched_) {
        begin_block();
    }
    if (at_start_) {
        take_byte_order_mark();
    }
    std::string_view line;
    while (take_line(line)) {
        if (line.empty()) {
            if (has_data_ || (has_comment_ && !has_field_)) {
                event.kind = has_data_ ? SseEvent::Kind::Data : SseEvent::Kind::Comment;
                event.name = has_data_ ? name_ : std::string_view();
                event.data = has_data_ ? data_ : comment_;
                dispatched_ = true;
                return Status::Event;
            }
            begin_block();
            continue;
        }
        block_bytes_ += line.size() + 1;
        if (block_bytes_ > event_bytes_max_) {
            failed_ = true;
            return Status::TooLarge;
        }
        process_field(line);
    }
    return finish_input();
}

SseDecoder::Status SseDecoder::finish_input() {
    const std::string_view rest = input_.substr(cursor_);
    cursor_ = input_.size();
    const std::size_t line_bytes = (partial_open_ ? partial_.size() : 0) + rest.size();
    if (block_bytes_ + line_bytes > event_bytes_max_) {
        failed_ = true;
        return Status::TooLarge;
    }
    keep_block();
    if (!partial_open_) {
        partial_.clear();
    }
    partial_.append(rest);
    partial_open_ = !partial_.empty();
    return Status::NeedInput;
}

void SseDecoder::take_byte_order_mark() {
    while (cursor_ < input_.size() && mark_bytes_ < kByteOrderMark.size() && input_[cursor_] == kByteOrderMark[mark_bytes_]) {
        ++mark_bytes_;
        ++cursor_;
    }
    if (mark_bytes_ == kByteOrderMark.size()) {
        at_start_ = false;
    } else if (cursor_ < input_.size()) {
        // It was no mark: what was matched is the start of the first line.
        partial_.assign(kByteOrderMark.substr(0, mark_bytes_));
        partial_open_ = mark_bytes_ > 0;
        at_start_ = false;
    }
    if (!at_start_) {
        mark_bytes_ = 0;
    }
}

std::size_t SseDecoder::find_line_end() noexcept {
    // Each byte is searched once for either line end, even where only carriage returns end lines.
    if (line_feed_ < cursor_) {
        line_feed_ = std::min(input_.find('\n', cursor_), input_.size());
    }
    const std::size_t carriage_return = input_.substr(cursor_, line_feed_ - cursor_).find('\r');
    return carriage_return == std::string_view::npos ? line_feed_ : cursor_ + carriage_return;
}

bool SseDecoder::take_line(std::string_view& line) {
    if (swallow_line_feed_ && cursor_ < input_.size()) {
        cursor_ += input_[cursor_] == '\n' ? 1 : 0;
        swallow_line_feed_ = false;
    }
    const std::size_t end = find_line_end();
    if (end == input_.size()) {
        return false;
    }
    line = input_.substr(cursor_, end - cursor_);
    cursor_ = end + 1;
    swallow_line_feed_ = input_[end] == '\r';
    if (partial_open_) {
        // The string stays in place until the input is used up, since the block's views may lie in it.
        partial_.append(line);
        line = partial_;
        partial_open_ = false;
    }
    return true;
}

void SseDecoder::process_field(std::string_view line) {
    constexpr std::string_view kData = "data";
    constexpr std::string_view kEvent = "event";
    if (line.front() == ':') {
        comment_ = without_leading_space(line.substr(1));
        has_comment_ = true;
        return;
    }
    has_field_ = true;
    const auto is_field = [line](std::string_view name) {
        return line.starts_with(name) && (line.size() == name.size() || line[name.size()] == ':');
    };
    const auto value_of = [line](std::string_view name) {
        return line.size() == name.size() ? std::string_view() : without_leading_space(line.substr(name.size() + 1));
    };
    if (is_field(kData)) {
        append_data(value_of(kData));
    } else if (is_field(kEvent)) {
        name_ = value_of(kEvent);
    }
}

void SseDecoder::append_data(std::string_view value) {
    if (!has_data_) {
        has_data_ = true;
        data_ = value;
        return;
    }
    assemble_data();
    assembled_.push_back('\n');
    assembled_.append(value);
    data_ = assembled_;
}

void SseDecoder::assemble_data() {
    if (!data_is_assembled_) {
        assembled_.assign(data_);
        data_ = assembled_;
        data_is_assembled_ = true;
    }
}

void SseDecoder::begin_block() noexcept {
    name_ = {};
    data_ = {};
    comment_ = {};
    block_bytes_ = 0;
    has_data_ = false;
    has_field_ = false;
    has_comment_ = false;
    data_is_assembled_ = false;
    dispatched_ = false;
}

void SseDecoder::keep_block() {
    // What is kept already is not copied again, or a stream of tiny pieces would cost the square of an event's size.
    const auto keep = [](std::string_view& view, std::string& kept) {
        if (!view.empty() && view.data() != kept.data()) {
            kept.assign(view);
            view = kept;
        }
    };
    keep(name_, kept_name_);
    keep(comment_, kept_comment_);
    if (has_data_) {
        assemble_data();
    }
}

bool SseDecoder::holds_partial_event() const noexcept {
    const bool in_block = has_field_ && !dispatched_;
    const bool in_line = partial_open_ && partial_.front() != ':';
    return in_block || in_line || mark_bytes_ > 0;
}

void SseDecoder::reset() noexcept {
    begin_block();
    input_ = {};
    cursor_ = 0;
    line_feed_ = 0;
    partial_.clear();
    partial_open_ = false;
    mark_bytes_ = 0;
    at_start_ = true;
    swallow_line_feed_ = false;
    failed_ = false;
}

}  // namespace tierway::wire
