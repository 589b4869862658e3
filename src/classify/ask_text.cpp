#include "classify/ask_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "classify/agent_wrappers.hpp"
#include "classify/string_tail.hpp"

namespace tierway::classify {
namespace {

constexpr std::size_t kPartsMax = 16;

// Wrappers are long: a short bound still looks this far into a part for the words between them.
constexpr std::size_t kWindowMin = std::size_t{2} * 1024;

// Below this a text is cut to its start alone.
constexpr std::size_t kBothEndsMin = 16;

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool continues_character(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::size_t boundary_at_or_before(std::string_view text, std::size_t position) noexcept {
    while (position > 0 && position < text.size() && continues_character(text[position])) {
        --position;
    }
    return position;
}

std::size_t boundary_at_or_after(std::string_view text, std::size_t position) noexcept {
    while (position < text.size() && continues_character(text[position])) {
        ++position;
    }
    return position;
}

// Idempotent and stable under appending: the kept start stays, and the kept end moves on to the new end.
void keep_both_ends(std::string& text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) {
        return;
    }
    if (bytes_max < kBothEndsMin) {
        text.resize(boundary_at_or_before(text, bytes_max));
        return;
    }
    const std::size_t head = bytes_max / 3 * 2;
    const std::size_t tail = bytes_max - head - 1;
    const std::size_t cut_begin = boundary_at_or_before(text, head);
    const std::size_t cut_end = boundary_at_or_after(text, text.size() - tail);
    text.replace(cut_begin, cut_end - cut_begin, 1, '\n');
}

void trim(std::string& text) {
    while (!text.empty() && is_blank(text.back())) {
        text.pop_back();
    }
    const auto first = std::find_if_not(text.begin(), text.end(), is_blank);
    text.erase(text.begin(), first);
}

void append_part(const wire::JsonValue& part, std::size_t bytes_max, std::string& ask) {
    const std::size_t window = std::max(bytes_max, kWindowMin);
    if (!ask.empty()) {
        ask.push_back('\n');
    }
    const std::size_t begin = ask.size();
    if (part.raw().size() <= 2 * window) {
        part.append_string(ask, 2 * window);
        strip_agent_wrappers_from(ask, begin, TextStart::Whole);
    } else {
        part.append_string(ask, window);
        strip_agent_wrappers_from(ask, begin, TextStart::Whole);
        ask.push_back('\n');
        const std::size_t tail = ask.size();
        append_string_tail(part, window, ask);
        strip_agent_wrappers_from(ask, tail, TextStart::AfterCut);
    }
    keep_both_ends(ask, bytes_max);
}

}  // namespace

void read_ask(const wire::JsonValue& message, std::size_t bytes_max, std::string& ask) {
    ask.clear();
    const wire::JsonValue content = message.find("content");
    if (content.is_string()) {
        append_part(content, bytes_max, ask);
    } else {
        std::array<wire::JsonValue, kPartsMax> newest;
        std::size_t parts = 0;
        for (const wire::JsonValue part : content) {
            if (part.find("type").string_is("text")) {
                newest[parts++ % kPartsMax] = part.find("text");
            }
        }
        for (std::size_t i = parts - std::min(parts, kPartsMax); i < parts; ++i) {
            append_part(newest[i % kPartsMax], bytes_max, ask);
        }
    }
    trim(ask);
}

}  // namespace tierway::classify
