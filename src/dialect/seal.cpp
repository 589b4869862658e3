#include "tierway/dialect/seal.hpp"

#include <array>
#include <utility>

namespace tierway::dialect {
namespace {

constexpr std::array<std::pair<Origin, std::string_view>, 4> kNames{{{Origin::OpenAi, "openai"},
                                                                     {Origin::Anthropic, "anthropic"},
                                                                     {Origin::Gemini, "gemini"},
                                                                     {Origin::DeepSeek, "deepseek"}}};

}  // namespace

std::string_view name_of(Origin origin) noexcept {
    for (const auto& [named, name] : kNames) {
        if (named == origin) {
            return name;
        }
    }
    return {};
}

Origin origin_named(std::string_view name) noexcept {
    for (const auto& [named, text] : kNames) {
        if (text == name) {
            return named;
        }
    }
    return Origin::Unknown;
}

std::string tagged_seal(Origin origin, bool hidden, std::string_view seal, Origin door) {
    std::string text;
    if (origin != door && origin != Origin::Unknown) {
        text.append(name_of(origin)).append(hidden ? "!:" : ":");
    }
    return text.append(seal);
}

UntaggedSeal read_seal(std::string_view text, Origin door) noexcept {
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos) {
        std::string_view name = text.substr(0, colon);
        const bool hidden = name.ends_with('!');
        if (hidden) {
            name.remove_suffix(1);
        }
        if (const Origin origin = origin_named(name); origin != Origin::Unknown) {
            return {origin, hidden, text.substr(colon + 1)};
        }
    }
    return {door, false, text};
}

}  // namespace tierway::dialect
