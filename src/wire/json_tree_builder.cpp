#include "wire/json_tree_builder.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/json_number.hpp"
#include "wire/string_scan.hpp"

namespace tierway::wire::detail {
namespace {

enum ByteKind : std::uint8_t { kOther, kWhiteSpace, kStructural };

constexpr std::array<ByteKind, 256> kByteKinds = [] {
    std::array<ByteKind, 256> kinds{};
    for (const char c : {' ', '\n', '\r', '\t'}) {
        kinds[static_cast<unsigned char>(c)] = kWhiteSpace;
    }
    for (const char c : {',', ']', '}', ':', '"', '{', '['}) {
        kinds[static_cast<unsigned char>(c)] = kStructural;
    }
    return kinds;
}();

ByteKind kind_of(char c) noexcept {
    return kByteKinds[static_cast<unsigned char>(c)];
}

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
        case '\\':
            return "; a backslash may stand only in a string";
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
    skip_white_space();
    if (at_ == end_) {
        return fail("the text holds nothing but white space", 0);
    }
    if (!claim_node() || !read_value()) {
        return false;
    }
    while (!open_.empty()) {
        const bool in_object = nodes_[open_.back()].kind == JsonKind::Object;
        if (!(in_object ? read_member_or_close() : read_element_or_close())) {
            return false;
        }
    }
    return at_ == end_ || fail("the text goes on after the end of its value", offset());
}

void JsonTreeBuilder::pass_white_space() noexcept {
    while (at_ != end_ && kind_of(*at_) == kWhiteSpace) {
        ++at_;
    }
}

bool JsonTreeBuilder::claim_node() {
    if (count_ == room_ && !make_room()) [[unlikely]] {
        return false;
    }
    nodes_[count_].key_begin = 0;
    nodes_[count_].key_end = 0;
    return true;
}

void JsonTreeBuilder::take_room() noexcept {
    nodes_ = tree_.nodes.data();
    room_ = static_cast<std::uint32_t>(std::min(tree_.nodes.size(), limits_.values_max));
}

bool JsonTreeBuilder::make_room() {
    constexpr std::size_t kNodesMin = 16;
    if (at_ == end_) {
        return fail_expecting("a value");
    }
    if (count_ >= limits_.values_max) {
        return fail("the text holds more than " + std::to_string(limits_.values_max) + " values", offset());
    }
    if (count_ == tree_.nodes.size()) {
        tree_.nodes.resize(std::max(kNodesMin, tree_.nodes.size() * 2));
    }
    take_room();
    return true;
}

bool JsonTreeBuilder::read_value() {
    if (at_ == end_) {
        return fail_expecting("a value");
    }
    nodes_[count_].begin = offset();
    switch (*at_) {
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
    node.end = offset();
    node.kind = kind;
    node.next = ++count_;
    skip_white_space();
    return true;
}

bool JsonTreeBuilder::read_string() {
    return pass_string(nodes_[count_].has_escapes) && finish_scalar(JsonKind::String);
}

const char* JsonTreeBuilder::token_end() const noexcept {
    const char* end = at_;
    while (end != end_ && kind_of(*end) == kOther) {
        ++end;
    }
    return end;
}

bool JsonTreeBuilder::read_number() {
    const char* const token = std::exchange(at_, token_end());
    if (!is_json_number({token, static_cast<std::size_t>(at_ - token)})) {
        return fail("a malformed number", nodes_[count_].begin);
    }
    return finish_scalar(JsonKind::Number);
}

bool JsonTreeBuilder::read_literal(JsonKind kind, std::string_view name) {
    const char* const token = std::exchange(at_, token_end());
    if (std::string_view(token, static_cast<std::size_t>(at_ - token)) != name) {
        return fail("an unknown literal; the literals are true, false and null", nodes_[count_].begin);
    }
    return finish_scalar(kind);
}

bool JsonTreeBuilder::open_container(JsonKind kind) {
    if (open_.size() >= limits_.depth_max) {
        return fail("objects and arrays are nested more than " + std::to_string(limits_.depth_max) + " deep", offset());
    }
    nodes_[count_].kind = kind;
    open_.push_back(count_);
    ++count_;
    ++at_;
    skip_white_space();
    return true;
}

void JsonTreeBuilder::close_container() {
    ++at_;
    JsonNode& container = nodes_[open_.back()];
    container.end = offset();
    container.next = count_;
    open_.pop_back();
    skip_white_space();
}

bool JsonTreeBuilder::read_element_or_close() {
    const bool first = count_ == open_.back() + 1;
    if (at_ != end_ && *at_ == ']') {
        close_container();
        return true;
    }
    if (!first) {
        if (at_ == end_ || *at_ != ',') {
            return fail_expecting("',' or ']'");
        }
        ++at_;
        skip_white_space();
    }
    return claim_node() && read_value();
}

bool JsonTreeBuilder::read_member_or_close() {
    const bool first = count_ == open_.back() + 1;
    if (at_ != end_ && *at_ == '}') {
        close_container();
        return true;
    }
    if (!first) {
        if (at_ == end_ || *at_ != ',') {
            return fail_expecting("',' or '}'");
        }
        ++at_;
        skip_white_space();
    }
    return claim_node() && read_key() && read_value();
}

bool JsonTreeBuilder::read_key() {
    if (at_ == end_ || *at_ != '"') {
        return fail_expecting("a key in double quotes");
    }
    JsonNode& node = nodes_[count_];
    node.key_begin = offset();
    if (!pass_string(node.key_has_escapes)) {
        return false;
    }
    node.key_end = offset();
    skip_white_space();
    if (at_ == end_ || *at_ != ':') {
        return fail_expecting("':' after the key");
    }
    ++at_;
    skip_white_space();
    return true;
}

bool JsonTreeBuilder::pass_string(bool& has_escapes) {
    if (const char* const quote = find_near_quote(at_ + 1, end_)) {
        has_escapes = false;
        at_ = quote + 1;
        return true;
    }
    const StringScan scan = scan_string(at_ + 1, end_);
    has_escapes = scan.has_escapes;
    utf8_unchecked_ |= scan.utf8_unchecked;
    const auto stopped_at = static_cast<std::size_t>(scan.at - begin_);
    switch (scan.end) {
        case StringEnd::Quote:
            at_ = scan.at + 1;
            return true;
        case StringEnd::Control:
            return fail("a raw control character in a string; write it as an escape", stopped_at);
        case StringEnd::BadEscape:
            return fail("an invalid escape; write \\\\ for a backslash", stopped_at);
        case StringEnd::TextEnd:
            break;
    }
    return fail("a string that does not end", offset());
}

bool JsonTreeBuilder::fail(std::string problem, std::size_t at) {
    problem_ = std::move(problem);
    problem_at_ = at;
    return false;
}

bool JsonTreeBuilder::fail_expecting(const char* expected) {
    if (at_ == end_) {
        return fail(std::string("the text ends where ") + expected + " was expected", tree_.text.size());
    }
    return fail(std::string("here ") + expected + " was expected" + hint(*at_), offset());
}

}  // namespace tierway::wire::detail
