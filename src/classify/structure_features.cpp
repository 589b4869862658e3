#include "classify/structure_features.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "tierway/config/classifier_model.hpp"

namespace tierway::classify {
namespace {

/// The features in the order of their numbers; new ones go to the end, or artefacts need another version.
constexpr std::array kNames = std::to_array<std::string_view>({
    "has_image", "has_audio", "has_tools", "json_schema", "last_turn_is_tool_result",                            //
    "tools=1", "tools<=4", "tools<=16", "tools>16",                                                              //
    "turns=1", "turns=2", "turns<=4", "turns>4",                                                                 //
    "ask_bytes<16", "ask_bytes<32", "ask_bytes<64", "ask_bytes<128", "ask_bytes<256", "ask_bytes<512",           //
    "ask_bytes<1024", "ask_bytes<2048", "ask_bytes>=2048",                                                       //
    "lines=1", "lines<=3", "lines<=10", "lines>10",                                                              //
    "questions=0", "questions=1", "questions=2", "questions>2", "ends_with_question",                            //
    "quotes", "colons", "brackets<=2%", "brackets>2%", "mathematics", "fence", "begins_in_lower_case",           //
    "code_share=0", "code_share<=0.1", "code_share<=0.3", "code_share<=0.7", "code_share>0.7",                   //
    "digit_share=0", "digit_share<=0.02", "digit_share<=0.1", "digit_share>0.1",                                 //
    "script=none", "script=latin", "script=cyrillic", "script=han", "script=kana", "script=hangul", "script=arabic",
    "script=other",
});

static_assert(kNames.size() == config::kStructureFeatures, "models depend on them");

constexpr std::uint32_t number_of(std::string_view name) {
    return static_cast<std::uint32_t>(std::find(kNames.begin(), kNames.end(), name) - kNames.begin());
}

/// What is counted in the ask.
struct Counts {
    std::size_t lines = 1;
    std::size_t questions = 0;
    std::size_t quotes = 0;
    std::size_t colons = 0;
    std::size_t brackets = 0;
    std::size_t mathematics = 0;
};

enum Counted : std::uint8_t { kNothing, kLine, kQuestion, kQuote, kColon, kBracket, kMathematics, kCountedKinds };

constexpr std::array<std::uint8_t, 256> counted_bytes() {
    std::array<std::uint8_t, 256> kinds{};
    kinds['\n'] = kLine;
    kinds['?'] = kQuestion;
    kinds['"'] = kQuote;
    kinds[':'] = kColon;
    for (const char c : {'{', '}', '(', ')', '[', ']', ';', '=', '<', '>'}) {
        kinds[static_cast<unsigned char>(c)] = kBracket;
    }
    for (const char c : {'$', '\\', '^', '+'}) {
        kinds[static_cast<unsigned char>(c)] = kMathematics;
    }
    return kinds;
}

constexpr std::array<std::uint8_t, 256> kCounted = counted_bytes();

Counts count(std::string_view ask) noexcept {
    std::array<std::uint32_t, kCountedKinds> counts{};
    for (const char c : ask) {
        // Most bytes are not counted, so the branch is foreseen; a counter for them would wait for itself at each byte.
        if (const std::uint8_t kind = kCounted[static_cast<unsigned char>(c)]; kind != kNothing) {
            ++counts[kind];
        }
    }
    return {counts[kLine] + 1U, counts[kQuestion], counts[kQuote], counts[kColon], counts[kBracket], counts[kMathematics]};
}

/// The first of the bounds that the value does not exceed, counted from `first`; beyond all of them the number after the last.
template <class Number, std::size_t N>
std::uint32_t bucket(std::uint32_t first, Number value, const std::array<Number, N>& bounds) noexcept {
    std::uint32_t number = first;
    for (const Number bound : bounds) {
        if (value <= bound) {
            break;
        }
        ++number;
    }
    return number;
}

std::uint32_t script_feature(std::string_view script) noexcept {
    static constexpr std::uint32_t kNone = number_of("script=none");
    static constexpr std::array<std::string_view, 6> kScripts{"latin", "cyrillic", "han", "kana", "hangul", "arabic"};
    if (script.empty()) {
        return kNone;
    }
    const auto* const found = std::find(kScripts.begin(), kScripts.end(), script);
    return kNone + 1 + static_cast<std::uint32_t>(found - kScripts.begin());
}

}  // namespace

std::string_view name_of_structure_feature(std::uint32_t number) noexcept {
    return number < kNames.size() ? kNames[number] : "unknown";
}

void structure_features(const Features& features, std::vector<std::uint32_t>& held) {
    held.clear();
    const auto flag = [&held](std::uint32_t number, bool holds) {
        if (holds) {
            held.push_back(number);
        }
    };
    flag(number_of("has_image"), features.has_image);
    flag(number_of("has_audio"), features.has_audio);
    flag(number_of("has_tools"), features.has_tools);
    flag(number_of("json_schema"), features.json_schema);
    flag(number_of("last_turn_is_tool_result"), features.last_turn_is_tool_result);
    if (!features.tool_names.empty()) {
        held.push_back(bucket<std::size_t, 3>(number_of("tools=1"), features.tool_names.size(), {1, 4, 16}));
    }
    held.push_back(bucket<std::int64_t, 3>(number_of("turns=1"), features.turns, {1, 2, 4}));
    const std::string_view ask = features.ask;
    held.push_back(bucket<std::size_t, 8>(number_of("ask_bytes<16"), ask.size(), {15, 31, 63, 127, 255, 511, 1023, 2047}));

    const Counts counts = count(ask);
    held.push_back(bucket<std::size_t, 3>(number_of("lines=1"), counts.lines, {1, 3, 10}));
    held.push_back(bucket<std::size_t, 3>(number_of("questions=0"), counts.questions, {0, 1, 2}));
    flag(number_of("ends_with_question"), ask.ends_with('?'));
    flag(number_of("quotes"), counts.quotes >= 2);
    flag(number_of("colons"), counts.colons > 0);
    if (counts.brackets > 0) {
        held.push_back(number_of(counts.brackets * 50 <= ask.size() ? "brackets<=2%" : "brackets>2%"));
    }
    flag(number_of("mathematics"), counts.mathematics > 0);
    flag(number_of("fence"), ask.find("```") != std::string_view::npos);
    flag(number_of("begins_in_lower_case"), !ask.empty() && ask.front() >= 'a' && ask.front() <= 'z');
    held.push_back(bucket<double, 4>(number_of("code_share=0"), features.code_share, {0.0, 0.1, 0.3, 0.7}));
    held.push_back(bucket<double, 3>(number_of("digit_share=0"), features.digit_share, {0.0, 0.02, 0.1}));
    held.push_back(script_feature(features.language));
}

}  // namespace tierway::classify
