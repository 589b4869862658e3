#include "wire/string_scan.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <string_view>

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
        const std::size_t size = random() % 260;
        // Mostly plain, so that the scan gets as far as its long blocks.
        const unsigned plain = random() % 2 == 0 ? 90 : 99;
        while (text.size() < size) {
            text += random() % 100 < plain ? 'p' : kAlphabet[random() % kAlphabet.size()];
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
        ASSERT_TRUE(fast.non_ascii || !portable.non_ascii) << text;
    }
}

}  // namespace
}  // namespace tierway::wire::detail
