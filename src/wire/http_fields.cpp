#include "tierway/wire/http_fields.hpp"

#include <algorithm>

namespace tierway::wire {
namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Most names differ in length, which is asked before a call is made.
bool is_named(const HttpField& field, std::string_view name) noexcept {
    return field.name.size() == name.size() && equals_ignoring_case(field.name, name);
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return x == y || lower(x) == lower(y); });
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
    return text.size() >= prefix.size() && equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

std::string_view HttpFields::get(std::string_view name) const noexcept {
    for (const HttpField& field : fields_) {
        if (is_named(field, name)) {
            return field.value;
        }
    }
    return {};
}

bool HttpFields::has(std::string_view name) const noexcept {
    return std::any_of(fields_.begin(), fields_.end(), [name](const HttpField& field) { return is_named(field, name); });
}

std::size_t HttpFields::count(std::string_view name) const noexcept {
    const auto count = std::count_if(fields_.begin(), fields_.end(), [name](const HttpField& field) { return is_named(field, name); });
    return static_cast<std::size_t>(count);
}

}  // namespace tierway::wire
