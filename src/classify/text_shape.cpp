#include "classify/text_shape.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace tierway::classify {
namespace {

constexpr std::array kScripts = std::to_array<std::string_view>({
    "latin",    "greek",    "cyrillic", "armenian", "hebrew",    "arabic",  "devanagari", "bengali", "gurmukhi",
    "gujarati", "tamil",    "telugu",   "kannada",  "malayalam", "sinhala", "thai",       "lao",     "tibetan",
    "myanmar",  "georgian", "ethiopic", "khmer",    "hangul",    "kana",    "han",        "other",
});

constexpr std::size_t script_index(std::string_view name) {
    return static_cast<std::size_t>(std::find(kScripts.begin(), kScripts.end(), name) - kScripts.begin());
}

struct Block {
    std::uint32_t first;
    std::uint32_t last;
    std::size_t script;
};

// The blocks that hold letters (Unicode 15, Blocks.txt), ascending. What lies between them is not a letter to us.
constexpr std::array kBlocks = std::to_array<Block>({
    {0xAA, 0xAA, script_index("latin")},        {0xBA, 0xBA, script_index("latin")},
    {0xC0, 0xD6, script_index("latin")},        {0xD8, 0xF6, script_index("latin")},
    {0xF8, 0x2AF, script_index("latin")},       {0x370, 0x3FF, script_index("greek")},
    {0x400, 0x52F, script_index("cyrillic")},   {0x531, 0x588, script_index("armenian")},
    {0x5D0, 0x5F2, script_index("hebrew")},     {0x620, 0x65F, script_index("arabic")},
    {0x66E, 0x6EF, script_index("arabic")},     {0x6FA, 0x6FF, script_index("arabic")},
    {0x750, 0x77F, script_index("arabic")},     {0x8A0, 0x8FF, script_index("arabic")},
    {0x900, 0x963, script_index("devanagari")}, {0x970, 0x97F, script_index("devanagari")},
    {0x980, 0x9E3, script_index("bengali")},    {0xA00, 0xA65, script_index("gurmukhi")},
    {0xA80, 0xAE5, script_index("gujarati")},   {0xB80, 0xBE5, script_index("tamil")},
    {0xC00, 0xC65, script_index("telugu")},     {0xC80, 0xCE5, script_index("kannada")},
    {0xD00, 0xD65, script_index("malayalam")},  {0xD80, 0xDE5, script_index("sinhala")},
    {0xE00, 0xE4F, script_index("thai")},       {0xE80, 0xECF, script_index("lao")},
    {0xF00, 0xF1F, script_index("tibetan")},    {0xF34, 0xFFF, script_index("tibetan")},
    {0x1000, 0x103F, script_index("myanmar")},  {0x1050, 0x109F, script_index("myanmar")},
    {0x10A0, 0x10FF, script_index("georgian")}, {0x1100, 0x11FF, script_index("hangul")},
    {0x1200, 0x139F, script_index("ethiopic")}, {0x13A0, 0x177F, script_index("other")},
    {0x1780, 0x17DF, script_index("khmer")},    {0x1820, 0x1C7F, script_index("other")},
    {0x1C80, 0x1C8F, script_index("cyrillic")}, {0x1C90, 0x1CBF, script_index("georgian")},
    {0x1E00, 0x1EFF, script_index("latin")},    {0x1F00, 0x1FFF, script_index("greek")},
    {0x2C00, 0x2DDF, script_index("other")},    {0x2DE0, 0x2DFF, script_index("cyrillic")},
    {0x3041, 0x30FF, script_index("kana")},     {0x3105, 0x312F, script_index("other")},
    {0x3131, 0x318E, script_index("hangul")},   {0x31F0, 0x31FF, script_index("kana")},
    {0x3400, 0x4DBF, script_index("han")},      {0x4E00, 0x9FFF, script_index("han")},
    {0xA000, 0xA63F, script_index("other")},    {0xA640, 0xA69F, script_index("cyrillic")},
    {0xA6A0, 0xABFF, script_index("other")},    {0xAC00, 0xD7FB, script_index("hangul")},
    {0xF900, 0xFAFF, script_index("han")},      {0xFB50, 0xFDFF, script_index("arabic")},
    {0xFE70, 0xFEFC, script_index("arabic")},   {0xFF21, 0xFF3A, script_index("latin")},
    {0xFF41, 0xFF5A, script_index("latin")},    {0xFF66, 0xFF9F, script_index("kana")},
    {0xFFA0, 0xFFDC, script_index("hangul")},   {0x10000, 0x16FFF, script_index("other")},
    {0x1B000, 0x1B16F, script_index("kana")},   {0x20000, 0x323AF, script_index("han")},
});

static_assert(std::is_sorted(kBlocks.begin(), kBlocks.end(), [](const Block& a, const Block& b) { return a.last < b.first; }));

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_ascii_letter(char c) noexcept {
    const auto lower = static_cast<unsigned char>(static_cast<unsigned char>(c) | 0x20U);
    return lower >= 'a' && lower <= 'z';
}

// The code point that the lead byte at `position` begins, and moves `position` behind it. A text cut in the middle of a
// character, or no UTF-8 at all, gives 0, which is no letter.
std::uint32_t next_code_point(std::string_view text, std::size_t& position) noexcept {
    const auto lead = static_cast<unsigned char>(text[position++]);
    const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    if (more == 0 || text.size() - position < more) {
        return 0;
    }
    std::uint32_t code = lead & (0x3FU >> more);
    for (std::size_t i = 0; i < more; ++i) {
        code = code << 6U | (static_cast<unsigned char>(text[position + i]) & 0x3FU);
    }
    position += more;
    return code;
}

const Block* block_of(std::uint32_t code) noexcept {
    const auto* found = std::lower_bound(kBlocks.begin(), kBlocks.end(), code,
                                         [](const Block& block, std::uint32_t wanted) { return block.last < wanted; });
    return found != kBlocks.end() && code >= found->first ? found : nullptr;
}

void count_characters(std::string_view text, TextShape& shape) noexcept {
    std::array<std::size_t, kScripts.size()> letters{};
    std::size_t digits = 0;
    for (std::size_t position = 0; position < text.size();) {
        const char c = text[position];
        if (static_cast<unsigned char>(c) < 0x80) {
            letters[0] += is_ascii_letter(c) ? 1U : 0U;
            digits += is_digit(c) ? 1U : 0U;
            ++position;
        } else if (const Block* block = block_of(next_code_point(text, position))) {
            ++letters[block->script];
        }
    }
    const auto* most = std::max_element(letters.begin(), letters.end());
    if (*most > 0) {
        shape.script = kScripts[static_cast<std::size_t>(most - letters.begin())];
    }
    shape.digit_share = static_cast<double>(digits) / static_cast<double>(text.size());
}

std::string_view without_blanks(std::string_view line) noexcept {
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) {
        line.remove_prefix(1);
    }
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) {
        line.remove_suffix(1);
    }
    return line;
}

template <std::size_t Size>
bool starts_with_any(std::string_view line, const std::array<std::string_view, Size>& starts) noexcept {
    return std::any_of(starts.begin(), starts.end(),
                       [line](std::string_view start) { return line.front() == start.front() && line.starts_with(start); });
}

bool contains(std::string_view line, std::string_view part) noexcept {
    return line.find(part) != std::string_view::npos;
}

// Words that begin sentences as well ("import the data", "return a list", "let me know", "class sizes vary") count only with
// something beside them that prose does not have.
bool ambiguous_start_is_code(std::string_view line, bool indented) noexcept {
    if (line.starts_with("import ")) {
        return contains(line, " as ") || contains(line, ".") || contains(line, "{") || contains(line, "\"") ||
               !contains(line.substr(7), " ");
    }
    if (line.starts_with("from ")) {
        return contains(line, " import ");
    }
    if (line.starts_with("return ") || line == "return") {
        return indented;
    }
    if (line.starts_with("let ") || line.starts_with("const ") || line.starts_with("var ")) {
        return contains(line, "=");
    }
    if (line.back() != ':') {
        return false;
    }
    return line.starts_with("class ") || (indented && (line.starts_with("if ") || line.starts_with("for ") ||
                                                       line.starts_with("while ") || line.starts_with("with ")));
}

bool looks_like_code(std::string_view whole_line) noexcept {
    static constexpr std::array kStarts = std::to_array<std::string_view>({
        "def ",
        "async def ",
        "elif ",
        "else:",
        "try:",
        "except:",
        ">>> ",
        "#include",
        "#define ",
        "#pragma ",
        "#!/",
        "//",
        "/*",
        "fn ",
        "pub fn ",
        "func ",
        "function ",
        "if (",
        "for (",
        "while (",
        "switch (",
        "} else",
        "public static ",
        "public class ",
        "private ",
        "namespace ",
        "using namespace ",
        "std::",
        "console.log(",
        "print(",
        "printf(",
        "System.out.",
        "@Override",
        "SELECT ",
        "INSERT INTO ",
        "CREATE TABLE ",
        "<?php",
        "<!DOCTYPE",
        "</",
    });
    const std::string_view line = without_blanks(whole_line);
    if (line.empty()) {
        return false;
    }
    if (line.back() == ';' || line.back() == '{' || line.back() == '}') {
        return true;
    }
    const bool indented = whole_line.front() == '\t' || whole_line.starts_with("    ");
    return starts_with_any(line, kStarts) || ambiguous_start_is_code(line, indented);
}

double code_share_of(std::string_view text) noexcept {
    std::size_t code = 0;
    bool fenced = false;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
        const std::string_view line = text.substr(begin, end - begin - (text[end - 1] == '\n' ? 1U : 0U));
        const std::string_view words = without_blanks(line);
        const bool fence = words.starts_with("```") || words.starts_with("~~~");
        if (fenced || fence || looks_like_code(line)) {
            code += end - begin;
        }
        fenced = fence ? !fenced : fenced;
        begin = end;
    }
    return static_cast<double>(code) / static_cast<double>(text.size());
}

}  // namespace

TextShape shape_of(std::string_view text) noexcept {
    TextShape shape;
    if (text.empty()) {
        return shape;
    }
    count_characters(text, shape);
    shape.code_share = code_share_of(text);
    return shape;
}

}  // namespace tierway::classify
