#include <algorithm>

#include "tierway/base/utf8.hpp"
#include "wire/json_number.hpp"
#include "wire/json_string.hpp"
#include "wire/json_tree.hpp"

namespace tierway::wire {

using detail::JsonNode;

JsonKind JsonValue::kind() const noexcept {
    return tree_ == nullptr ? JsonKind::Missing : tree_->nodes[node_].kind;
}

std::string_view JsonValue::raw() const noexcept {
    const ByteRange bytes = range();
    return tree_ == nullptr ? std::string_view() : tree_->text.substr(bytes.begin, bytes.size());
}

ByteRange JsonValue::range() const noexcept {
    if (tree_ == nullptr) {
        return {};
    }
    const JsonNode& node = tree_->nodes[node_];
    return {node.begin, node.end};
}

ByteRange JsonValue::member_range() const noexcept {
    if (tree_ == nullptr) {
        return {};
    }
    const JsonNode& node = tree_->nodes[node_];
    return {node.key_end == 0 ? node.begin : node.key_begin, node.end};
}

JsonValue JsonValue::find(std::string_view key) const noexcept {
    if (!is_object()) {
        return {};
    }
    const JsonNode* const nodes = tree_->nodes.data();
    const std::uint32_t end = nodes[node_].next;
    JsonValue found;
    for (std::uint32_t member = node_ + 1; member != end; member = nodes[member].next) {
        const JsonNode& node = nodes[member];
        const std::string_view body = tree_->key_body(node);
        if (node.key_has_escapes ? detail::unescaped_equals(body, key) : body == key) {
            found = JsonValue(tree_, member);
        }
    }
    return found;
}

JsonValue JsonValue::at(std::size_t index) const noexcept {
    for (const JsonValue child : *this) {
        if (index == 0) {
            return child;
        }
        --index;
    }
    return {};
}

std::size_t JsonValue::size() const noexcept {
    std::size_t count = 0;
    for (Iterator i = begin(); i != end(); ++i) {
        ++count;
    }
    return count;
}

JsonValue::Iterator JsonValue::begin() const noexcept {
    return {tree_, tree_ == nullptr ? 0 : node_ + 1};
}

JsonValue::Iterator JsonValue::end() const noexcept {
    return {tree_, tree_ == nullptr ? 0 : tree_->nodes[node_].next};
}

JsonValue::Iterator& JsonValue::Iterator::operator++() noexcept {
    node_ = tree_->nodes[node_].next;
    return *this;
}

bool JsonValue::key_is(std::string_view key) const noexcept {
    if (tree_ == nullptr || tree_->nodes[node_].key_end == 0) {
        return false;
    }
    const JsonNode& node = tree_->nodes[node_];
    const std::string_view body = tree_->key_body(node);
    return node.key_has_escapes ? detail::unescaped_equals(body, key) : body == key;
}

std::string_view JsonValue::key(std::string& scratch) const {
    if (tree_ == nullptr || tree_->nodes[node_].key_end == 0) {
        return {};
    }
    const JsonNode& node = tree_->nodes[node_];
    const std::string_view body = tree_->key_body(node);
    if (!node.key_has_escapes) {
        return body;
    }
    scratch.clear();
    detail::append_unescaped(scratch, body);
    return scratch;
}

bool JsonValue::string_is(std::string_view text) const noexcept {
    if (!is_string()) {
        return false;
    }
    const JsonNode& node = tree_->nodes[node_];
    const std::string_view body = tree_->string_body(node);
    return node.has_escapes ? detail::unescaped_equals(body, text) : body == text;
}

std::string_view JsonValue::string(std::string& scratch) const {
    if (!is_string()) {
        return {};
    }
    const JsonNode& node = tree_->nodes[node_];
    const std::string_view body = tree_->string_body(node);
    if (!node.has_escapes) {
        return body;
    }
    scratch.clear();
    detail::append_unescaped(scratch, body);
    return scratch;
}

std::string JsonValue::to_string() const {
    std::string text;
    if (is_string()) {
        const JsonNode& node = tree_->nodes[node_];
        if (node.has_escapes) {
            detail::append_unescaped(text, tree_->string_body(node));
        } else {
            text = tree_->string_body(node);
        }
    }
    return text;
}

void JsonValue::append_string(std::string& out, std::size_t bytes_max) const {
    if (!is_string()) {
        return;
    }
    const JsonNode& node = tree_->nodes[node_];
    const std::string_view body = tree_->string_body(node);
    if (node.has_escapes) {
        detail::append_unescaped(out, body, bytes_max);
    } else {
        out.append(body, 0, utf8_cut(body, bytes_max));
    }
}

std::optional<std::int64_t> JsonValue::integer() const noexcept {
    return kind() == JsonKind::Number ? detail::integer_value(raw()) : std::nullopt;
}

std::optional<double> JsonValue::number() const noexcept {
    return kind() == JsonKind::Number ? std::optional(detail::double_value(raw())) : std::nullopt;
}

std::optional<bool> JsonValue::boolean() const noexcept {
    switch (kind()) {
        case JsonKind::True:
            return true;
        case JsonKind::False:
            return false;
        default:
            return std::nullopt;
    }
}

}  // namespace tierway::wire
