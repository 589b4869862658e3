#include "gateway/passing/passed_body.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace tierway::gateway {
namespace {

std::string joined(std::span<const std::string_view> pieces) {
    std::string all;
    for (const std::string_view piece : pieces) {
        all.append(piece);
    }
    return all;
}

TEST(PassedBody, KeepsTheLengthThatTheClientStates) {
    wire::HttpFields fields;
    fields.add("Content-Length", "5");
    PassedBody body;
    std::string head = "POST /v1/files HTTP/1.1\r\n";
    body.begin(fields, "POST", head);
    const std::array<std::string_view, 2> pieces{"he", "llo"};
    EXPECT_EQ(joined(body.frame(head, {pieces, true})), "POST /v1/files HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
}

TEST(PassedBody, IsChunkedWhereTheClientStatesNone) {
    wire::HttpFields fields;
    fields.add("Transfer-Encoding", "chunked");
    PassedBody body;
    std::string head;
    body.begin(fields, "POST", head);
    const std::array<std::string_view, 2> pieces{"0123456789", "abcdef"};
    EXPECT_EQ(joined(body.frame(head, {pieces, false})), "Transfer-Encoding: chunked\r\n\r\n10\r\n0123456789abcdef\r\n");
    EXPECT_EQ(joined(body.frame({}, {{}, true})), "0\r\n\r\n");
    EXPECT_EQ(joined(body.frame({}, {pieces, true})), "10\r\n0123456789abcdef\r\n0\r\n\r\n");
}

TEST(PassedBody, ThatIsNotThereHasALengthOnlyWhereOneIsExpected) {
    const wire::HttpFields none;
    PassedBody body;
    std::string get;
    body.begin(none, "GET", get);
    EXPECT_EQ(joined(body.frame(get, {{}, true})), "\r\n");
    std::string post;
    body.begin(none, "POST", post);
    EXPECT_EQ(joined(body.frame(post, {{}, true})), "Content-Length: 0\r\n\r\n");
}

}  // namespace
}  // namespace tierway::gateway
