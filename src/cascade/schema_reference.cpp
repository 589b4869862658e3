#include "cascade/schema_reference.hpp"

#include <charconv>
#include <optional>
#include <string>

namespace tierway::cascade {
namespace {

std::optional<unsigned char> hex_byte(std::string_view digits) noexcept {
    unsigned char value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc{} || end != digits.data() + digits.size()) {
        return std::nullopt;
    }
    return value;
}

std::string percent_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = text[i] == '%' ? hex_byte(text.substr(i + 1, 2)) : std::nullopt;
        decoded.push_back(byte ? static_cast<char>(*byte) : text[i]);
        i += byte ? 2 : 0;
    }
    return decoded;
}

std::string pointer_token(std::string_view text) {
    std::string token;
    token.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = text[i] == '~' && i + 1 < text.size() ? text[i + 1] : '\0';
        const bool escaped = next == '0' || next == '1';
        token.push_back(escaped ? (next == '0' ? '~' : '/') : text[i]);
        i += escaped ? 1 : 0;
    }
    return token;
}

wire::JsonValue step_into(const wire::JsonValue& value, const std::string& token) noexcept {
    if (value.is_object()) {
        return value.find(token);
    }
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
    if (!value.is_array() || error != std::errc{} || end != token.data() + token.size()) {
        return {};
    }
    return value.at(index);
}

}  // namespace

wire::JsonValue resolve_reference(const wire::JsonValue& root, std::string_view reference, WorkBudget& budget) {
    if (reference == "#") {
        return root;
    }
    if (!reference.starts_with("#/") || !budget.spend(steps_for(reference.size()))) {
        return {};
    }
    const std::string pointer = percent_decoded(reference.substr(2));
    std::string_view rest = pointer;
    wire::JsonValue target = root;
    while (target.exists()) {
        const std::size_t slash = rest.find('/');
        if (!budget.spend(steps_for(4 * target.size()))) {
            return {};
        }
        target = step_into(target, pointer_token(rest.substr(0, slash)));
        if (slash == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(slash + 1);
    }
    return target;
}

}  // namespace tierway::cascade
