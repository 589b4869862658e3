#include "net/chunked_body.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tierway::net {
namespace {

constexpr std::string_view kHead = "POST /v1/files HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Takes the bytes in steps as a connection does: what was not used up is offered again with the next.
Result<std::string> taken(std::string_view bytes, std::size_t step) {
    ChunkedBody body(kHead, 1'000);
    std::string buffer;
    std::string all;
    for (; !bytes.empty() && !body.ended(); bytes.remove_prefix(std::min(step, bytes.size()))) {
        buffer.append(bytes.substr(0, step));
        const auto used = body.take(buffer);
        if (!used) {
            return used.error();
        }
        for (const std::string_view piece : body.pieces()) {
            all.append(piece);
        }
        buffer.erase(0, *used);
    }
    return body.ended() ? all : all + "(cut)";
}

TEST(ChunkedBody, LosesItsFramingWhereverItIsCut) {
    const std::string_view bytes = "5\r\nhello\r\nA\r\n, world\r\n!\r\n0\r\nX-Trailer: x\r\n\r\n";
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        const auto body = taken(bytes, step);
        ASSERT_TRUE(body) << step;
        EXPECT_EQ(*body, "hello, world\r\n!") << step;
    }
}

TEST(ChunkedBody, ThatIsCutDoesNotEnd) {
    const auto body = taken("5\r\nhello\r\n0\r\n", 3);
    ASSERT_TRUE(body);
    EXPECT_EQ(*body, "hello(cut)");
}

TEST(ChunkedBody, WithExtensionsIsRefused) {
    EXPECT_FALSE(taken("5;a=b\r\nhello\r\n0\r\n\r\n", 4));
}

TEST(ChunkedBody, ThatIsMalformedIsRefused) {
    EXPECT_FALSE(taken("5\r\nhello!\r\n0\r\n\r\n", 64));
    EXPECT_FALSE(taken("-1\r\nh\r\n", 64));
}

TEST(ChunkedBody, OfSingleBytesForEverIsRefused) {
    std::string bytes;
    for (unsigned i = 0; i < 400'000; ++i) {
        bytes += "1\r\na\r\n";
    }
    EXPECT_FALSE(taken(bytes, 4'096));
}

TEST(ChunkedBody, OfManySmallChunksIsTaken) {
    std::string bytes;
    for (unsigned i = 0; i < 100'000; ++i) {
        bytes += "10\r\n0123456789abcdef\r\n";
    }
    EXPECT_TRUE(taken(bytes + "0\r\n\r\n", 4'096));
}

TEST(ChunkedBody, WithAnEndlessTrailerIsRefused) {
    EXPECT_FALSE(taken("1\r\na\r\n0\r\nX: " + std::string(3'000, 'x'), 4'096));
}

}  // namespace
}  // namespace tierway::net
