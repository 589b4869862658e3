#pragma once

#include <string_view>
#include <vector>

namespace tierway::wire {

/// One header field as it stood on the wire, without surrounding white space.
struct HttpField {
    std::string_view name;
    std::string_view value;
};

/// The fields of one head, in order. Views belong to whoever owns the head's bytes.
class HttpFields {
public:
    void clear() noexcept { fields_.clear(); }
    void add(std::string_view name, std::string_view value) { fields_.push_back({name, value}); }

    /// The first field of that name, ASCII case ignored; empty when absent.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept;
    [[nodiscard]] std::size_t count(std::string_view name) const noexcept;

    [[nodiscard]] auto begin() const noexcept { return fields_.begin(); }
    [[nodiscard]] auto end() const noexcept { return fields_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }

private:
    std::vector<HttpField> fields_;
};

/// ASCII case-insensitive comparison (RFC 9110 section 5.1).
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept;

}  // namespace tierway::wire
