#include "wire/json_tree_builder.hpp"

#include <array>
#include <utility>

#include "wire/json_number.hpp"
#include "wire/json_string.hpp"

namespace tierway::wire::detail {
namespace {

bool is_white_space(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// The bytes that make a whole escape behind a backslash. A table, since a branch on them could not be predicted.
constexpr std::array<bool, 256> kIsSimpleEscape = [] {
    std::array<bool, 256> set{};
    for (const char c : {'"', '\\', '/', 'b', 'f', 'n', 'r', 't'}) {
        set[static_cast<unsigned char>(c)] = true;
    }
    return set;
}();

/// What the writer of an unexpected byte probably meant.
const char* hint(char found) noexcept {
    switch (found) {
        case '\'':
            return "; strings need double quotes";
        case '/':
        case '#':
            return "; JSON has no comments";
        case ']':
        case '}':
            return "; is there a comma too many before it?";
        case 'N':
        case 'I':
        case 'T':
        case 'F':
        case 'u':
            return "; the literals are true, false and null";
        case '+':
        case '.':
            return "; a number starts with a digit or '-'";
        default:
            return "";
    }
}

}  // namespace

bool JsonTreeBuilder::build() {
    open_.clear();
    if (!claim_node() || !read_value()) {
        return false;
    }
    while (!open_.empty()) {
        const bool in_object = nodes_[open_.back()].kind == JsonKind::Object;
        if (!(in_object ? read_member_or_close() : read_element_or_close())) {
            return false;
        }
    }
    return cursor_ == last_ || fail("the text goes on after the end of its value", *cursor_);
}

bool JsonTreeBuilder::claim_node() {
    if (count_ == room_) [[unlikely]] {
        // Without an index left there is no value either, which `read_value` would have found.
        return cursor_ == last_ ? fail_expecting("a value")
                                : fail("the text holds more than " + std::to_string(limits_.values_max) + " values", *cursor_);
    }
    nodes_[count_].key_begin = 0;
    nodes_[count_].key_end = 0;
    return true;
}

bool JsonTreeBuilder::read_value() {
    if (cursor_ == last_) {
        return fail_expecting("a value");
    }
    nodes_[count_].begin = *cursor_;
    switch (text_[*cursor_]) {
        case '"':
            return read_string();
        case '{':
            return open_container(JsonKind::Object);
        case '[':
            return open_container(JsonKind::Array);
        case '-':
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7':
        case '8':
        case '9':
            return read_number();
        case 't':
            return read_literal(JsonKind::True, "true");
        case 'f':
            return read_literal(JsonKind::False, "false");
        case 'n':
            return read_literal(JsonKind::Null, "null");
        default:
            return fail_expecting("a value");
    }
}

bool JsonTreeBuilder::finish_scalar(JsonKind kind) noexcept {
    JsonNode& node = nodes_[count_];
    node.kind = kind;
    node.next = ++count_;
    ++cursor_;
    return true;
}

bool JsonTreeBuilder::read_string() {
    JsonNode& node = nodes_[count_];
    return delimit_string(node.end, node.has_escapes) && finish_scalar(JsonKind::String);
}

bool JsonTreeBuilder::read_number() {
    JsonNode& node = nodes_[count_];
    node.end = trimmed_end(*cursor_, bound_of_current());
    if (!is_json_number({text_ + node.begin, node.end - node.begin})) {
        return fail("a malformed number", node.begin);
    }
    return finish_scalar(JsonKind::Number);
}

bool JsonTreeBuilder::read_literal(JsonKind kind, std::string_view name) {
    JsonNode& node = nodes_[count_];
    node.end = trimmed_end(*cursor_, bound_of_current());
    if (std::string_view(text_ + node.begin, node.end - node.begin) != name) {
        return fail("an unknown literal; the literals are true, false and null", node.begin);
    }
    return finish_scalar(kind);
}

bool JsonTreeBuilder::open_container(JsonKind kind) {
    if (open_.size() >= limits_.depth_max) {
        return fail("objects and arrays are nested more than " + std::to_string(limits_.depth_max) + " deep", *cursor_);
    }
    nodes_[count_].kind = kind;
    open_.push_back(count_);
    ++count_;
    ++cursor_;
    return true;
}

void JsonTreeBuilder::close_container() {
    JsonNode& container = nodes_[open_.back()];
    container.end = *cursor_ + 1;
    container.next = count_;
    open_.pop_back();
    ++cursor_;
}

bool JsonTreeBuilder::read_element_or_close() {
    const bool first = count_ == open_.back() + 1;
    if (cursor_ != last_ && text_[*cursor_] == ']') {
        close_container();
        return true;
    }
    if (!first) {
        if (cursor_ == last_ || text_[*cursor_] != ',') {
            return fail_expecting("',' or ']'");
        }
        ++cursor_;
    }
    return claim_node() && read_value();
}

bool JsonTreeBuilder::read_member_or_close() {
    const bool first = count_ == open_.back() + 1;
    if (cursor_ != last_ && text_[*cursor_] == '}') {
        close_container();
        return true;
    }
    if (!first) {
        if (cursor_ == last_ || text_[*cursor_] != ',') {
            return fail_expecting("',' or '}'");
        }
        ++cursor_;
    }
    return claim_node() && read_key() && read_value();
}

bool JsonTreeBuilder::read_key() {
    if (cursor_ == last_ || text_[*cursor_] != '"') {
        return fail_expecting("a key in double quotes");
    }
    JsonNode& node = nodes_[count_];
    node.key_begin = *cursor_;
    if (!delimit_string(node.key_end, node.key_has_escapes)) {
        return false;
    }
    ++cursor_;
    if (cursor_ == last_ || text_[*cursor_] != ':') {
        return fail_expecting("':' after the key");
    }
    ++cursor_;
    return true;
}

std::uint32_t JsonTreeBuilder::trimmed_end(std::uint32_t begin, std::uint32_t bound) const noexcept {
    while (bound > begin && is_white_space(text_[bound - 1])) {
        --bound;
    }
    return bound;
}

bool JsonTreeBuilder::delimit_string(std::uint32_t& end, bool& has_escapes) {
    const std::uint32_t begin = *cursor_;
    end = trimmed_end(begin, bound_of_current());
    // Stage 1 puts an index on whatever follows a closing quote, so the byte found is that quote; this guards the assumption.
    if (end - begin < 2 || text_[end - 1] != '"') [[unlikely]] {
        return fail("a string that does not end", begin);
    }
    has_escapes = backslashes_.position() < end;
    return !has_escapes || check_escapes(end - 1);
}

bool JsonTreeBuilder::check_escapes(std::uint32_t body_end) {
    // A backslash outside a string is refused where its token is read, so the current one lies in this string.
    while (backslashes_.position() < body_end) {
        const std::uint32_t at = backslashes_.position();
        const bool simple = at + 1 < body_end && kIsSimpleEscape[static_cast<unsigned char>(text_[at + 1])];
        if (!simple && escape_size({text_ + at, body_end - at}) == 0) {
            return fail("an invalid escape; write \\\\ for a backslash", at);
        }
        backslashes_.advance();
        if (text_[at + 1] == '\\') {
            backslashes_.advance();
        }
    }
    return true;
}

bool JsonTreeBuilder::fail(std::string problem, std::size_t at) {
    problem_ = std::move(problem);
    problem_at_ = at;
    return false;
}

bool JsonTreeBuilder::fail_expecting(const char* expected) {
    if (cursor_ == last_) {
        return fail(std::string("the text ends where ") + expected + " was expected", size_);
    }
    return fail(std::string("here ") + expected + " was expected" + hint(text_[*cursor_]), *cursor_);
}

}  // namespace tierway::wire::detail
