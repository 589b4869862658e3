#include "tierway/wire/edits.hpp"

#include <algorithm>
#include <tuple>

#include "tierway/base/assert.hpp"

namespace tierway::wire {

void Edits::add(Edit edit) {
    edit.sequence = edits_.size();
    edits_.push_back(edit);
}

void Edits::replace(ByteRange range, std::string_view replacement) {
    TIERWAY_ASSERT(range.begin <= range.end);
    add({.range = range, .replacement = replacement});
}

void Edits::insert(std::size_t offset, std::string_view text) {
    add({.range = {offset, offset}, .replacement = text});
}

Edits::Edit* Edits::find_removed(std::size_t object, std::size_t member) noexcept {
    for (Edit& edit : edits_) {
        if (edit.role == Role::RemovedMember && edit.object == object && edit.member == member) {
            return &edit;
        }
    }
    return nullptr;
}

Edits::Edit* Edits::find_first_comma(std::size_t object) noexcept {
    Edit* first = nullptr;
    for (Edit& edit : edits_) {
        const bool is_comma = edit.role == Role::AppendedComma && edit.object == object;
        if (is_comma && (first == nullptr || edit.sequence < first->sequence)) {
            first = &edit;
        }
    }
    return first;
}

void Edits::remove_member(const JsonValue& object, const JsonValue& member) {
    const std::size_t object_begin = object.range().begin;
    const ByteRange removed = member.member_range();
    if (find_removed(object_begin, removed.begin) != nullptr) {
        return;
    }
    // A member takes the comma before it, except that the leading run of removed members takes the commas behind.
    std::size_t comma_begin = removed.begin;
    for (const JsonValue sibling : object) {
        const ByteRange range = sibling.member_range();
        if (range.begin == removed.begin) {
            break;
        }
        comma_begin = range.end;
    }
    add({.range = {comma_begin, removed.end}, .object = object_begin, .member = removed.begin, .role = Role::RemovedMember});

    Edit* leading = nullptr;
    for (const JsonValue sibling : object) {
        const ByteRange range = sibling.member_range();
        if (leading != nullptr) {
            leading->range.end = range.begin;
        }
        leading = find_removed(object_begin, range.begin);
        if (leading == nullptr) {
            return;
        }
        leading->range = range;
    }
    if (Edit* const comma = find_first_comma(object_begin)) {
        comma->replacement = {};
    }
}

void Edits::append_member(const JsonValue& object, std::string_view member_text) {
    const ByteRange range = object.range();
    const auto removed = static_cast<std::size_t>(std::count_if(edits_.begin(), edits_.end(), [&range](const Edit& edit) {
        return edit.role == Role::RemovedMember && edit.object == range.begin;
    }));
    const bool first = object.size() == removed && find_first_comma(range.begin) == nullptr;
    const ByteRange place{range.end - 1, range.end - 1};
    add({.range = place, .replacement = first ? "" : ",", .object = range.begin, .role = Role::AppendedComma});
    insert(place.begin, member_text);
}

template <class Take>
void Edits::for_each_piece(std::string_view original, Take take) {
    const auto comes_before = [](const Edit& a, const Edit& b) {
        // Insertions come before a replacement that starts at the same byte.
        return std::tuple(a.range.begin, a.range.size() != 0, a.sequence) <
               std::tuple(b.range.begin, b.range.size() != 0, b.sequence);
    };
    if (!std::is_sorted(edits_.begin(), edits_.end(), comes_before)) {
        std::sort(edits_.begin(), edits_.end(), comes_before);
    }
    const auto take_some = [&take](std::string_view piece) {
        if (!piece.empty()) {
            take(piece);
        }
    };
    std::size_t written = 0;
    for (const Edit& edit : edits_) {
        TIERWAY_ASSERT(edit.range.begin >= written && edit.range.end <= original.size());
        take_some(original.substr(written, edit.range.begin - written));
        take_some(edit.replacement);
        written = edit.range.end;
    }
    take_some(original.substr(written));
}

void Edits::gather(std::string_view original, std::vector<std::string_view>& pieces) {
    for_each_piece(original, [&pieces](std::string_view piece) { pieces.push_back(piece); });
}

void Edits::append_edited(std::string_view original, std::string& out) {
    out.reserve(out.size() + edited_size(original.size()));
    for_each_piece(original, [&out](std::string_view piece) { out.append(piece); });
}

std::size_t Edits::edited_size(std::size_t original_size) const noexcept {
    std::size_t size = original_size;
    for (const Edit& edit : edits_) {
        size = size - edit.range.size() + edit.replacement.size();
    }
    return size;
}

}  // namespace tierway::wire
