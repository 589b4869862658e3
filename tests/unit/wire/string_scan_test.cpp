#include "wire/string_scan.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/utf8.hpp"

namespace tierway::wire::detail {
namespace {

/// Scans a copy without a byte to spare, so that the address sanitizer sees each read beyond it.
StringScan scan_exactly(std::string_view body, StringScan (*scan)(const char*, const char*), std::size_t& stopped_at) {
    const std::unique_ptr<char[]> bytes(new char[body.size()]);
    body.copy(bytes.get(), body.size());
    const StringScan result = scan(bytes.get(), bytes.get() + body.size());
    stopped_at = static_cast<std::size_t>(result.at - bytes.get());
    return result;
}

bool valid_utf8(std::string_view text) {
    while (!text.empty()) {
        const Utf8Sequence sequence = leading_sequence(text);
        if (!sequence.valid) {
            return false;
        }
        text.remove_prefix(sequence.size);
    }
    return true;
}

void expect(std::string_view body, std::size_t at, StringEnd end, bool has_escapes) {
    for (const auto scan : {&scan_string, &scan_string_portably}) {
        std::size_t stopped_at = 0;
        const StringScan result = scan_exactly(body, scan, stopped_at);
        EXPECT_EQ(stopped_at, at) << body;
        EXPECT_EQ(result.end, end) << body;
        if (end == StringEnd::Quote) {
            EXPECT_EQ(result.has_escapes, has_escapes) << body;
        }
    }
}

TEST(StringScan, FindsTheClosingQuoteAtAnyDistance) {
    for (std::size_t size = 0; size < 300; ++size) {
        expect(std::string(size, 'x') + "\", more", size, StringEnd::Quote, false);
    }
}

TEST(StringScan, TellsApartWhatEndsAString) {
    for (const std::size_t size : {0U, 5U, 31U, 60U, 63U, 64U, 95U, 127U, 200U}) {
        const std::string before(size, 'x');
        expect(before, size, StringEnd::TextEnd, false);
        expect(before + "\n\"", size, StringEnd::Control, false);
        expect(before + "\\x\"" + before, size, StringEnd::BadEscape, false);
        expect(before + R"(\u12"4")" + before, size, StringEnd::BadEscape, false);
        expect(before + R"(\u12)", size, StringEnd::BadEscape, false);
        expect(before + "\\", size, StringEnd::BadEscape, false);
        expect(before + R"(\"\\\u12aF\n")" + before, size + 12, StringEnd::Quote, true);
    }
}

TEST(StringScan, PairsBackslashesOverBlockEnds) {
    for (std::size_t before = 0; before < 140; ++before) {
        for (std::size_t run = 1; run < 70; ++run) {
            const std::string text = std::string(before, 'x') + std::string(run, '\\') + '"' + std::string(80, 'y') + '"';
            const std::size_t end = before + run + (run % 2 == 0 ? 0 : 81);
            expect(text, end, StringEnd::Quote, true);
        }
    }
}

TEST(StringScan, AgreesWithThePortableScanOnRandomTexts) {
    std::mt19937 random(20261124);
    constexpr std::string_view kAlphabet = "\\\\\\\\\"/bfnrtu0a9Fxyz \x80\xC3\x01";
    for (int round = 0; round < 40'000; ++round) {
        std::string text;
        const std::size_t size = random() % (round % 8 == 0 ? 2'000 : 260);
        // Mostly plain, so that the scan gets as far as its long blocks.
        const unsigned plain = random() % 2 == 0 ? 900 : size < 260 ? 990 : 998;
        while (text.size() < size) {
            text += random() % 1'000 < plain ? 'p' : kAlphabet[random() % kAlphabet.size()];
        }
        std::size_t fast_at = 0;
        std::size_t portable_at = 0;
        const StringScan fast = scan_exactly(text, &scan_string, fast_at);
        const StringScan portable = scan_exactly(text, &scan_string_portably, portable_at);
        ASSERT_EQ(fast_at, portable_at) << text;
        ASSERT_EQ(fast.end, portable.end) << text;
        if (fast.end == StringEnd::Quote) {
            ASSERT_EQ(fast.has_escapes, portable.has_escapes) << text;
        }
        ASSERT_TRUE(fast.utf8_unchecked || valid_utf8(std::string_view(text).substr(0, fast_at))) << text;
    }
}

/// Every sequence of up to three bytes that are extremes of what UTF-8 tells apart, and whole ones of four with one byte wrong.
std::vector<std::string> sequences() {
    constexpr std::string_view kBytes = "a\"\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4\xF5\xF8\xFF";
    std::vector<std::string> all{""};
    for (std::size_t from = 0, length = 1; length <= 3; ++length) {
        const std::size_t to = all.size();
        for (; from < to; ++from) {
            for (const char byte : kBytes) {
                all.push_back(all[from] + byte);
            }
        }
    }
    for (const std::string_view whole : {"\xF0\x90\x80\x80", "\xF1\x80\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        for (std::size_t place = 0; place < whole.size(); ++place) {
            for (const char byte : kBytes) {
                std::string changed(whole);
                changed[place] = byte;
                all.push_back(changed);
            }
        }
    }
    return all;
}

TEST(StringScan, OverlooksNoWrongUtf8WhereverItLies) {
    std::size_t wrong = 0;
    for (const std::string& sequence : sequences()) {
        // Within a block, over its end, behind a step over an escape, and at the string's end.
        for (const std::string& before : {std::string(20, 'x'), std::string(61, 'x'), std::string(62, 'x'), std::string(63, 'x'),
                                         std::string(126, 'x'), std::string(318, 'x'), std::string("x\\u0041"), std::string()}) {
            // Of long strings, blocks are read four at a time.
            const std::string after(before.size() > 300 ? 400 : 0, 'y');
            const std::string text = before + sequence + after + "\"" + std::string(70, 'y');
            std::size_t at = 0;
            const StringScan scan = scan_exactly(text, &scan_string, at);
            if (!valid_utf8(text.substr(0, at))) {
                ASSERT_TRUE(scan.utf8_unchecked) << before.size() << " bytes before " << testing::PrintToString(sequence);
                ++wrong;
            }
        }
    }
    EXPECT_GT(wrong, 50'000U);
}

TEST(StringScan, PassesOverUsualAndUnusualEscapesInLongStrings) {
    for (const std::string_view escape : {R"(\")", R"(\n)", R"(\r)", R"(\t)", R"(\f)", R"(\/)", R"(\b)", R"(\\)", R"(\\\")", R"(\u00e9)",
                                          R"(\\n)"}) {
        for (std::size_t before = 240; before < 400; ++before) {
            const std::string text = std::string(before, 'x') + std::string(escape) + std::string(600, 'y') + "\", more";
            expect(text, before + escape.size() + 600, StringEnd::Quote, true);
            // Nor is one behind the string taken for its own.
            expect(std::string(before, 'x') + "\", \"" + std::string(escape) + std::string(600, 'y'), before, StringEnd::Quote, false);
        }
    }
}

TEST(StringScan, FindsWhatIsWrongInLongStrings) {
    for (std::size_t before = 240; before < 400; ++before) {
        const std::string start(before, 'x');
        const std::string rest = std::string(600, 'y') + '"';
        expect(start + '\x01' + rest, before, StringEnd::Control, false);
        expect(start + '\x1F' + rest, before, StringEnd::Control, false);
        expect(start + "\\x" + rest, before, StringEnd::BadEscape, false);
        expect(start + "\\\x7F" + rest, before, StringEnd::BadEscape, false);
        expect(start + "\\\xC3\xA9" + rest, before, StringEnd::BadEscape, false);
        expect(start + "\\\n" + rest, before, StringEnd::BadEscape, false);
        expect(start + "\\u12" + rest, before, StringEnd::BadEscape, false);
        expect(start + "\\\\\"" + rest, before + 2, StringEnd::Quote, true);
    }
}

TEST(StringScan, AsksForNoCheckOfWhatItCheckedInPassing) {
    if (__builtin_cpu_supports("avx512bw") == 0) {
        GTEST_SKIP() << "this processor cannot";
    }
    for (std::size_t before = 0; before < 400; ++before) {
        const std::string after(before > 140 ? 600 : 0, 'y');
        const std::string text = std::string(before, 'x') + "h\xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x98\x80" + after + "\" \xFF";
        std::size_t at = 0;
        const StringScan scan = scan_exactly(text, &scan_string, at);
        EXPECT_EQ(scan.end, StringEnd::Quote);
        EXPECT_FALSE(scan.utf8_unchecked) << before;
    }
}

}  // namespace
}  // namespace tierway::wire::detail
