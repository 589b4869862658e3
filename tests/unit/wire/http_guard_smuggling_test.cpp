#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "tierway/wire/http_fields.hpp"
#include "tierway/wire/http_guard.hpp"

namespace tierway::wire {
namespace {

using std::string_view_literals::operator""sv;

/// How a server that is more lenient than the guard would frame the body of a head.
struct Framing {
    std::vector<std::string> lengths;
    std::vector<std::string> codings;

    friend bool operator==(const Framing&, const Framing&) = default;
};

/// Reads a head with every leniency that has been met in servers: bare LF and bare CR end lines, folded lines are joined, white
/// space and control characters around names and values are dropped, underscores count as hyphens, case is ignored.
Framing read_leniently(std::string_view head) {
    const auto is_dropped = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= ' ' || byte == 0x7F || byte == 0xA0 || byte == 0x85 || byte == 0xC2;
    };
    const auto trim = [&is_dropped](std::string text) {
        text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_dropped));
        text.erase(std::find_if_not(text.rbegin(), text.rend(), is_dropped).base(), text.end());
        return text;
    };
    std::vector<std::string> lines;
    std::string line;
    for (const char c : head) {
        if (c != '\n' && c != '\r') {
            line.push_back(c);
            continue;
        }
        if (!lines.empty() && !line.empty() && (line.front() == ' ' || line.front() == '\t')) {
            lines.back() += line;
        } else if (!line.empty()) {
            lines.push_back(line);
        }
        line.clear();
    }
    Framing framing;
    for (const std::string& field : lines) {
        const std::size_t colon = std::min(field.find(':'), field.size());
        std::string name = trim(field.substr(0, colon));
        std::replace(name.begin(), name.end(), '_', '-');
        const std::string value = colon == field.size() ? "" : trim(field.substr(colon + 1));
        if (equals_ignoring_case(name, "Content-Length")) {
            framing.lengths.push_back(value);
        }
        if (equals_ignoring_case(name, "Transfer-Encoding")) {
            framing.codings.push_back(value);
        }
    }
    return framing;
}

Framing framing_of(const GuardedHead& head) {
    Framing framing;
    if (head.content_length) {
        framing.lengths.push_back(std::to_string(*head.content_length));
    }
    if (head.chunked) {
        framing.codings.emplace_back("chunked");
    }
    return framing;
}

std::string with_fields(std::string_view fields) {
    return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) + "\r\n";
}

bool accepts(std::string_view head) {
    HttpFields fields;
    return guard_request_head(head, HeadLimits{}, fields).has_value();
}

/// Ways to write Transfer-Encoding that one server takes for chunked and another does not.
constexpr auto kTransferEncodingLines = std::to_array<std::string_view>({
    "Transfer-Encoding: \x0b"
    "chunked\r\n",
    "Transfer-Encoding: \x0c"
    "chunked\r\n",
    "Transfer-Encoding: \xa0"
    "chunked\r\n",
    "Transfer-Encoding: \xc2\xa0"
    "chunked\r\n",
    "Transfer-Encoding: \x85"
    "chunked\r\n",
    "Transfer-Encoding: \xff"
    "chunked\r\n",
    "Transfer-Encoding: \x01"
    "chunked\r\n",
    "Transfer-Encoding: \x7f"
    "chunked\r\n",
    "Transfer-Encoding: \0chunked\r\n"sv,
    "Transfer-Encoding: chunked\0\r\n"sv,
    "Transfer-Encoding: chunked\x0b\r\n",
    "Transfer-Encoding: chunked\xa0\r\n",
    "Transfer-Encoding:\tchunked\r\n",
    "Transfer-Encoding: chunked\t\r\n",
    "Transfer-Encoding: chunked,\r\n",
    "Transfer-Encoding: ,chunked\r\n",
    "Transfer-Encoding: , chunked\r\n",
    "Transfer-Encoding: chunked;\r\n",
    "Transfer-Encoding: chunked;q=1\r\n",
    "Transfer-Encoding: chunked chunked\r\n",
    "Transfer-Encoding: chunked, chunked\r\n",
    "Transfer-Encoding: identity, chunked\r\n",
    "Transfer-Encoding: chunked, identity\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding: chunk\r\n",
    "Transfer-Encoding: xchunked\r\n",
    "Transfer-Encoding: chunkedx\r\n",
    "Transfer-Encoding: x chunked\r\n",
    "Transfer-Encoding: \"chunked\"\r\n",
    "Transfer-Encoding: 'chunked'\r\n",
    "Transfer-Encoding: [chunked]\r\n",
    "Transfer-Encoding: chun\\ked\r\n",
    "Transfer-Encoding: %63hunked\r\n",
    "Transfer-Encoding: chun ked\r\n",
    "Transfer-Encoding:\r\n",
    "Transfer-Encoding: \r\n",
    "Transfer-Encoding:\r\n chunked\r\n",
    "Transfer-Encoding:\r\n\tchunked\r\n",
    "Transfer-Encoding: x\r\n chunked\r\n",
    "Transfer-Encoding: chunked\r\n \r\n",
    "Transfer-Encoding:\nchunked\r\n",
    "Transfer-Encoding: chunked\n\r\n",
    "Transfer-Encoding: chunked\r\r\n",
    "Transfer-Encoding: chunked\rX: y\r\n",
    "X: y\nTransfer-Encoding: chunked\r\n",
    "X: y\rTransfer-Encoding: chunked\r\n",
    "X: y\r\n Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Transfer-Encoding\t: chunked\r\n",
    "Transfer-Encoding\x0b: chunked\r\n",
    "Transfer-Encoding\xa0: chunked\r\n",
    "Transfer-Encoding\0: chunked\r\n"sv,
    " Transfer-Encoding: chunked\r\n",
    "\tTransfer-Encoding: chunked\r\n",
    "\x0bTransfer-Encoding: chunked\r\n",
    "\xffTransfer-Encoding: chunked\r\n",
    "\0Transfer-Encoding: chunked\r\n"sv,
    "Transfer Encoding: chunked\r\n",
    "Transfer_Encoding: chunked\r\n",
    "Transfer\\Encoding: chunked\r\n",
    "Transfer-Encoding chunked\r\n",
    "Transfer-Encoding\r\n: chunked\r\n",
    "Transfer-Encoding\n: chunked\r\n",
    ":Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\ntransfer-encoding: x\r\n",
    "Transfer-Encoding: cow\r\nTransfer-Encoding: chunked\r\n",
});

/// Ways to write Content-Length whose value two servers may read differently.
constexpr auto kContentLengthLines = std::to_array<std::string_view>({
    "Content-Length: +5\r\n",
    "Content-Length: -5\r\n",
    "Content-Length: -0\r\n",
    "Content-Length: 0x5\r\n",
    "Content-Length: 5h\r\n",
    "Content-Length: 05\r\n",
    "Content-Length: 00\r\n",
    "Content-Length: 0000000005\r\n",
    "Content-Length: 5.0\r\n",
    "Content-Length: 5e0\r\n",
    "Content-Length: 1_0\r\n",
    "Content-Length: 1,000\r\n",
    "Content-Length: 4, 4\r\n",
    "Content-Length: 4,4\r\n",
    "Content-Length: 4, 5\r\n",
    "Content-Length: 4,\r\n",
    "Content-Length: ,4\r\n",
    "Content-Length: 4 4\r\n",
    "Content-Length: 4;5\r\n",
    "Content-Length: \"4\"\r\n",
    "Content-Length:\r\n",
    "Content-Length: \r\n",
    "Content-Length: x\r\n",
    "Content-Length:\t4\r\n",
    "Content-Length: 4\t\r\n",
    "Content-Length: \x0b"
    "4\r\n",
    "Content-Length: \xa0"
    "4\r\n",
    "Content-Length: 4\0\r\n"sv,
    "Content-Length: \xef\xbc\x94\r\n",
    "Content-Length: \xd9\xa4\r\n",
    "Content-Length: 12345678901\r\n",
    "Content-Length: 18446744073709551616\r\n",
    "Content-Length: 99999999999999999999\r\n",
    "Content-Length: 4\r\n 5\r\n",
    "Content-Length:\r\n 4\r\n",
    "Content-Length: 4\n\r\n",
    "Content-Length: 4\nX: y\r\n",
    "X: y\nContent-Length: 4\r\n",
    "X: y\rContent-Length: 4\r\n",
    "Content-Length : 4\r\n",
    "Content-Length\t: 4\r\n",
    " Content-Length: 4\r\n",
    "Content_Length: 4\r\n",
    "Content Length: 4\r\n",
    "\x0b"
    "Content-Length: 4\r\n",
    "Content-Length\0: 4\r\n"sv,
    "Content-Length: 4\r\nContent-Length: 4\r\n",
    "Content-Length: 4\r\nContent-Length: 5\r\n",
    "Content-Length: 4\r\nCONTENT-LENGTH: 4\r\n",
    "Content-Length: 4\r\nContent_Length: 5\r\n",
});

constexpr std::string_view kPlainLength = "Content-Length: 4\r\n";
constexpr std::string_view kPlainChunked = "Transfer-Encoding: chunked\r\n";

TEST(HttpGuardSmuggling, RefusesEveryObfuscatedTransferEncoding) {
    for (const std::string_view line : kTransferEncodingLines) {
        SCOPED_TRACE(testing::PrintToString(std::string(line)));
        EXPECT_FALSE(accepts(with_fields(line)));
        EXPECT_FALSE(accepts(with_fields(std::string("Accept: */*\r\n") + std::string(line) + "User-Agent: x\r\n")));
    }
}

TEST(HttpGuardSmuggling, RefusesEveryObfuscatedContentLength) {
    for (const std::string_view line : kContentLengthLines) {
        SCOPED_TRACE(testing::PrintToString(std::string(line)));
        EXPECT_FALSE(accepts(with_fields(line)));
        EXPECT_FALSE(accepts(with_fields(std::string("Accept: */*\r\n") + std::string(line) + "User-Agent: x\r\n")));
    }
}

TEST(HttpGuardSmuggling, RefusesLengthWithChunkedInEveryWritingAndOrder) {
    for (const std::string_view line : kTransferEncodingLines) {
        SCOPED_TRACE(testing::PrintToString(std::string(line)));
        EXPECT_FALSE(accepts(with_fields(std::string(kPlainLength) + std::string(line))));
        EXPECT_FALSE(accepts(with_fields(std::string(line) + std::string(kPlainLength))));
        EXPECT_FALSE(accepts(with_fields(std::string(line) + std::string(kPlainChunked))));
        EXPECT_FALSE(accepts(with_fields(std::string(kPlainChunked) + std::string(line))));
    }
    for (const std::string_view line : kContentLengthLines) {
        SCOPED_TRACE(testing::PrintToString(std::string(line)));
        EXPECT_FALSE(accepts(with_fields(std::string(kPlainChunked) + std::string(line))));
        EXPECT_FALSE(accepts(with_fields(std::string(line) + std::string(kPlainChunked))));
        EXPECT_FALSE(accepts(with_fields(std::string(kPlainLength) + std::string(line))));
        EXPECT_FALSE(accepts(with_fields(std::string(line) + std::string(kPlainLength))));
    }
}

TEST(HttpGuardSmuggling, AcceptsWhatEveryReaderFramesAlike) {
    for (const std::string_view line :
         {"Transfer-Encoding: chunked\r\n", "Transfer-Encoding:chunked\r\n", "Transfer-Encoding:  chunked \r\n",
          "transfer-encoding: chunked\r\n", "Content-Length: 4\r\n", "Content-Length:4\r\n", "Content-Length:  4 \r\n",
          "content-length: 4\r\n", ""}) {
        SCOPED_TRACE(line);
        EXPECT_TRUE(accepts(with_fields(line)));
    }
}

TEST(HttpGuardSmuggling, AgreesWithTheMostLenientReaderOnAllItAccepts) {
    const std::vector<std::string> seeds = {
        with_fields(kPlainLength),
        with_fields(kPlainChunked),
        with_fields(std::string(kPlainLength) + std::string(kPlainChunked)),
        with_fields("X-A: b\r\nContent-Length: 10\r\nConnection: close\r\n"),
        with_fields("Accept: */*\r\nTransfer-Encoding: chunked\r\nX-B: Content-Length: 7\r\n"),
    };
    constexpr std::string_view kBytes =
        "\r\n\t :,_-\0\x0b\x0c\x7f\xa0\xff"
        "0459xXcC\"';"sv;
    std::mt19937 random(20260801);
    const auto below = [&random](std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random); };
    int accepted = 0;
    for (int round = 0; round < 60'000; ++round) {
        std::string head = seeds[below(seeds.size())];
        for (std::size_t step = 1 + below(3); step > 0; --step) {
            const std::size_t at = below(head.size());
            switch (below(4)) {
                case 0:
                    head[at] = kBytes[below(kBytes.size())];
                    break;
                case 1:
                    head.insert(at, 1, kBytes[below(kBytes.size())]);
                    break;
                case 2:
                    head.erase(at, 1 + below(2));
                    break;
                default: {
                    // A whole line once more, somewhere else.
                    const std::size_t begin = head.find("\r\n", below(head.size()));
                    if (begin != std::string::npos) {
                        const std::size_t end = std::min(head.find("\r\n", begin + 2), head.size());
                        head.insert(at, head.substr(begin, end - begin));
                    }
                }
            }
        }
        HttpFields fields;
        const Result<GuardedHead> verdict = guard_request_head(head, HeadLimits{}, fields);
        if (verdict.has_value()) {
            ++accepted;
            Framing lenient = read_leniently(head);
            for (std::string& coding : lenient.codings) {
                std::transform(coding.begin(), coding.end(), coding.begin(), [](char c) { return c == 'C' ? 'c' : c; });
            }
            ASSERT_EQ(framing_of(*verdict), lenient) << testing::PrintToString(head);
        }
    }
    EXPECT_GT(accepted, 1'000);
}

}  // namespace
}  // namespace tierway::wire
