#include "simulator/tokens.hpp"

#include <array>

#include "simulator/draws.hpp"
#include "simulator/words.hpp"

namespace tierway::simulator {
namespace {

constexpr std::size_t kWordBytes = 8;
constexpr std::size_t kDigits = 3;

enum class Class { Letter, Digit, Space, Mark };

Class class_of(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')) {
        return Class::Letter;
    }
    if (byte >= '0' && byte <= '9') {
        return Class::Digit;
    }
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' ? Class::Space : Class::Mark;
}

std::size_t run_end(std::string_view text, std::size_t begin, std::size_t max) noexcept {
    const Class kind = class_of(text[begin]);
    std::size_t end = begin + 1;
    while (end < text.size() && end - begin < max && class_of(text[end]) == kind) {
        ++end;
    }
    return end;
}

}  // namespace

std::vector<std::string> tokens_of(std::string_view text) {
    std::vector<std::string> tokens;
    for (std::size_t at = 0; at < text.size();) {
        // A single space belongs to the word behind it.
        const bool leads = text[at] == ' ' && at + 1 < text.size() && class_of(text[at + 1]) == Class::Letter;
        const std::size_t begin = at + (leads ? 1 : 0);
        const Class kind = class_of(text[begin]);
        std::size_t end = begin + 1;
        if (kind == Class::Letter) {
            end = run_end(text, begin, kWordBytes);
            const std::size_t whole = utf8_cut(text, end);
            end = whole > begin ? whole : end;
        } else if (kind != Class::Mark) {
            end = run_end(text, begin, kind == Class::Digit ? kDigits : text.size());
        }
        if (kind == Class::Space && end - begin > 1 && end < text.size() && text[end - 1] == ' ' &&
            class_of(text[end]) == Class::Letter) {
            --end;
        }
        tokens.emplace_back(text.substr(at, end - at));
        at = end;
    }
    return tokens;
}

std::vector<std::string> filler_tokens(std::size_t count, std::uint64_t seed) {
    static constexpr std::array<std::string_view, 48> kWords{
        "river",   "stone",   "paper",  "window", "garden",  "signal",  "morning", "copper", "letter", "engine",
        "harbour", "winter",  "market", "violin", "cloud",   "bridge",  "candle",  "forest", "island", "silver",
        "ladder",  "mirror",  "ocean",  "pencil", "rocket",  "saddle",  "table",   "valley", "wagon",  "yellow",
        "anchor",  "basket",  "castle", "desert", "eagle",   "feather", "glacier", "hammer", "insect", "jacket",
        "kettle",  "lantern", "meadow", "needle", "orchard", "planet",  "quarry",  "ribbon"};
    Draws draws(seed);
    std::vector<std::string> tokens;
    tokens.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        tokens.push_back((i == 0 ? "" : " ") + std::string(kWords[draws.index(kWords.size())]));
    }
    return tokens;
}

}  // namespace tierway::simulator
