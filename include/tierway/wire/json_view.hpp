#pragma once

#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"

namespace tierway::wire {

enum class JsonKind : std::uint8_t { Missing, Null, False, True, Number, String, Array, Object };

/// A half-open range of bytes of the parsed text.
struct ByteRange {
    std::size_t begin = 0;
    std::size_t end = 0;

    [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
};

struct JsonLimits {
    std::size_t bytes_max = std::size_t{64} << 20U;
    std::size_t depth_max = 64;          ///< Nested objects and arrays; a root object or array counts as 1.
    std::size_t values_max = 1'000'000;  ///< Bounds memory: 24 bytes a value.
};

class JsonParser;

namespace detail {
struct JsonTree;
}

/// One value of a parsed document: a cheap handle, valid while the parser (moved or not) holds that document and the bytes stay
/// in place. A handle may be *missing* (nothing was found); every accessor of a missing value answers as if for an empty one, so
/// look-ups chain: `body.find("usage").find("prompt_tokens").integer()`.
class JsonValue {
public:
    class Iterator;

    JsonValue() noexcept = default;

    [[nodiscard]] JsonKind kind() const noexcept;
    [[nodiscard]] bool exists() const noexcept { return kind() != JsonKind::Missing; }
    [[nodiscard]] bool is_null() const noexcept { return kind() == JsonKind::Null; }
    [[nodiscard]] bool is_string() const noexcept { return kind() == JsonKind::String; }
    [[nodiscard]] bool is_object() const noexcept { return kind() == JsonKind::Object; }
    [[nodiscard]] bool is_array() const noexcept { return kind() == JsonKind::Array; }

    /// The value's own bytes: with the quotes for a string, with the braces for an object.
    [[nodiscard]] std::string_view raw() const noexcept;
    /// Where `raw()` lies in the parsed text.
    [[nodiscard]] ByteRange range() const noexcept;
    /// Where the whole member (`"key": value`) lies in the parsed text; equals `range()` outside an object.
    [[nodiscard]] ByteRange member_range() const noexcept;

    /// The member of an object by its unescaped key; missing when there is none. Linear in the number of members.
    [[nodiscard]] JsonValue find(std::string_view key) const noexcept;
    /// The i-th element of an array (or member of an object); missing beyond the end. Linear.
    [[nodiscard]] JsonValue at(std::size_t index) const noexcept;
    /// Number of elements or members; 0 for scalars.
    [[nodiscard]] std::size_t size() const noexcept;
    /// Elements or members in order; empty for scalars.
    [[nodiscard]] Iterator begin() const noexcept;
    [[nodiscard]] Iterator end() const noexcept;

    /// Whether this member's key, unescaped, equals `key`.
    [[nodiscard]] bool key_is(std::string_view key) const noexcept;
    /// This member's key, unescaped into `scratch` when it holds escapes; empty outside an object.
    [[nodiscard]] std::string_view key(std::string& scratch) const;

    /// Whether this is a string equal to `text` once unescaped.
    [[nodiscard]] bool string_is(std::string_view text) const noexcept;
    /// The string's text: a view of the document when it holds no escapes, else unescaped into `scratch`. Empty for other kinds.
    /// A lone surrogate escape becomes U+FFFD.
    [[nodiscard]] std::string_view string(std::string& scratch) const;
    /// As `string`, owned.
    [[nodiscard]] std::string to_string() const;
    /// Appends at most `bytes_max` bytes of the unescaped text, cut at a UTF-8 boundary. Touches no more of the input than
    /// needed.
    void append_string(std::string& out, std::size_t bytes_max) const;

    /// The number when it is written as an integer that fits (an exponent or fraction is not an integer); empty for other kinds.
    [[nodiscard]] std::optional<std::int64_t> integer() const noexcept;
    /// The number as a double; infinite when it is too large; empty for other kinds.
    [[nodiscard]] std::optional<double> number() const noexcept;
    [[nodiscard]] std::optional<bool> boolean() const noexcept;

private:
    friend class JsonParser;
    JsonValue(const detail::JsonTree* tree, std::uint32_t node) noexcept : tree_(tree), node_(node) {}

    const detail::JsonTree* tree_ = nullptr;
    std::uint32_t node_ = 0;
};

/// Checks a whole JSON text strictly (RFC 8259: grammar, UTF-8, escapes, numbers; no BOM, no trailing bytes) and indexes every
/// value by its byte range, without copying or converting any. simdjson finds the structure; numbers of any size pass.
/// Life cycle: one parser per connection or task, reused; each `parse` invalidates the values of the one before. Not thread-safe.
/// Steady state allocates nothing.
class JsonParser {
public:
    JsonParser();
    ~JsonParser();
    JsonParser(JsonParser&&) noexcept;
    JsonParser& operator=(JsonParser&&) noexcept;

    /// Indexes `text`, which must outlive the values handed out and needs no padding. Duplicate keys in the *root* object are an
    /// error (two parsers could disagree about which one counts); deeper duplicates are kept in order and `find` gives the last.
    /// Errors: ErrorKind::InvalidRequest, code "invalid_json", the message naming what is wrong and at which byte.
    Result<JsonValue> parse(std::string_view text, const JsonLimits& limits = {});

private:
    struct Impl;

    std::unique_ptr<Impl> impl_;
};

class JsonValue::Iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = JsonValue;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = JsonValue;

    JsonValue operator*() const noexcept { return {tree_, node_}; }
    Iterator& operator++() noexcept;
    bool operator==(const Iterator& other) const noexcept { return node_ == other.node_; }

private:
    friend class JsonValue;
    Iterator(const detail::JsonTree* tree, std::uint32_t node) noexcept : tree_(tree), node_(node) {}

    const detail::JsonTree* tree_;
    std::uint32_t node_;
};

}  // namespace tierway::wire
