#include "tierway/wire/http_guard.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace tierway::wire {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kRequestLine = "POST /v1/chat/completions HTTP/1.1\r\n";

/// Guards a copy on the heap that ends where the head ends, so that the address sanitizer sees any read beyond it.
Result<GuardedHead> guard(std::string_view head, const HeadLimits& limits = {}) {
    const auto exact = std::make_unique<char[]>(head.size());
    std::copy(head.begin(), head.end(), exact.get());
    HttpFields fields;
    return guard_request_head({exact.get(), head.size()}, limits, fields);
}

/// A head with a good request line and Host, and the given lines.
std::string with_fields(std::string_view fields) {
    return std::string(kRequestLine) + "Host: localhost\r\n" + std::string(fields) + "\r\n";
}

std::string with_request_line(std::string_view line) {
    return std::string(line) + "\r\nHost: localhost\r\n\r\n";
}

struct HeadCase {
    std::string_view name;
    std::string head;
};

void expect_all_refused(const std::vector<HeadCase>& cases) {
    for (const HeadCase& c : cases) {
        SCOPED_TRACE(c.name);
        const Result<GuardedHead> verdict = guard(c.head);
        ASSERT_TRUE(verdict.has_error());
        EXPECT_EQ(verdict.error().kind(), ErrorKind::InvalidRequest);
        EXPECT_EQ(verdict.error().code(), "invalid_http_request");
        EXPECT_EQ(verdict.error().source(), ErrorSource::Downstream);
        EXPECT_TRUE(verdict.error().message().ends_with('.'));
    }
}

void expect_all_accepted(const std::vector<HeadCase>& cases) {
    for (const HeadCase& c : cases) {
        SCOPED_TRACE(c.name);
        const Result<GuardedHead> verdict = guard(c.head);
        EXPECT_TRUE(verdict.has_value()) << (verdict.has_error() ? verdict.error().message() : "");
    }
}

TEST(HttpGuard, TellsWhatItLearned) {
    const std::string head = with_fields("Content-Length: 1234567890\r\nExpect: 100-continue\r\nConnection: close\r\n");
    const Result<GuardedHead> verdict = guard(head);
    ASSERT_TRUE(verdict.has_value());
    EXPECT_EQ(verdict->content_length, 1'234'567'890U);
    EXPECT_FALSE(verdict->chunked);
    EXPECT_TRUE(verdict->expect_continue);
    EXPECT_TRUE(verdict->close);

    const Result<GuardedHead> chunked = guard(with_fields("Transfer-Encoding: chunked\r\n"));
    ASSERT_TRUE(chunked.has_value());
    EXPECT_TRUE(chunked->chunked);
    EXPECT_EQ(chunked->content_length, std::nullopt);
    EXPECT_FALSE(chunked->expect_continue);
    EXPECT_FALSE(chunked->close);

    EXPECT_EQ(guard(with_fields("Content-Length: 0\r\n"))->content_length, 0U);
    EXPECT_TRUE(guard(with_fields("Connection: keep-alive, Close\r\n"))->close);
    EXPECT_FALSE(guard(with_fields("Connection: keep-alive\r\n"))->close);
}

TEST(HttpGuard, AcceptsOrdinaryHeads) {
    expect_all_accepted({
        {"only Host", with_fields("")},
        {"every method", with_request_line("GET / HTTP/1.1")},
        {"HEAD", with_request_line("HEAD /healthz HTTP/1.1")},
        {"PUT", with_request_line("PUT /x HTTP/1.1")},
        {"DELETE", with_request_line("DELETE /x HTTP/1.1")},
        {"OPTIONS", with_request_line("OPTIONS /x HTTP/1.1")},
        {"PATCH", with_request_line("PATCH /x HTTP/1.1")},
        {"query", with_request_line("GET /v1/models?limit=10&after=a%20b HTTP/1.1")},
        {"every visible character in the target", with_request_line("GET /!\"$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~ HTTP/1.1")},
        {"Host with a port", std::string(kRequestLine) + "Host: tierway.example.com:8080\r\n\r\n"},
        {"Host is an IPv6 address", std::string(kRequestLine) + "Host: [::1]:8080\r\n\r\n"},
        {"Host in lower case and without space", std::string(kRequestLine) + "host:localhost\r\n\r\n"},
        {"empty value", with_fields("X-Empty:\r\nX-Spaces:   \r\n")},
        {"spaces around a value", with_fields("Content-Length:   4  \r\n")},
        {"every token character in a name", with_fields("!#$%&'*+-.^`|~09azAZ: x\r\n")},
        {"bytes above ASCII in a value", with_fields("X-Name: caf\xc3\xa9 \xff\r\n")},
        {"colon in a value", with_fields("X-Time: 12:34:56\r\n")},
        {"unknown field twice", with_fields("Accept: a\r\nAccept: b\r\n")},
        {"chunked in capitals", with_fields("Transfer-Encoding: Chunked\r\n")},
        {"100-continue in capitals", with_fields("Expect: 100-Continue\r\n")},
        {"connection options", with_fields("Connection: Keep-Alive, TE\r\nTE: trailers\r\n")},
        {"connection options without spaces", with_fields("Connection: te,close\r\n")},
        {"names that only resemble framing", with_fields("Content-Lengths: x\r\nX-Transfer-Encoding: y\r\nHosts: z\r\n")},
        {"official client",
         with_fields("Accept: application/json\r\nContent-Type: application/json\r\nUser-Agent: OpenAI/Python 3.3.1\r\n"
                     "Authorization: Bearer sk-x\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n"
                     "Content-Length: 88\r\n")},
    });
}

// The rows of RELIABILITY.md section 2 that concern the guard, by their names there.

TEST(HttpGuard, RefusesContentLengthWithChunkedInEitherOrder) {
    expect_all_refused({
        {"length first", with_fields("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n")},
        {"chunked first", with_fields("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n")},
        {"length of zero", with_fields("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n")},
    });
}

TEST(HttpGuard, RefusesUnknownTransferEncodingWithoutLength) {
    expect_all_refused({
        {"unknown", with_fields("Transfer-Encoding: foo\r\n")},
        {"chunked, identity", with_fields("Transfer-Encoding: chunked, identity\r\n")},
        {"chunked, chunked", with_fields("Transfer-Encoding: chunked, chunked\r\n")},
        {"empty", with_fields("Transfer-Encoding:\r\n")},
        {"gzip, chunked", with_fields("Transfer-Encoding: gzip, chunked\r\n")},
        {"identity", with_fields("Transfer-Encoding: identity\r\n")},
    });
}

TEST(HttpGuard, RefusesUnknownTransferEncodingWithLength) {
    expect_all_refused({
        {"unknown", with_fields("Transfer-Encoding: foo\r\nContent-Length: 4\r\n")},
        {"identity", with_fields("Content-Length: 4\r\nTransfer-Encoding: identity\r\n")},
    });
}

TEST(HttpGuard, RefusesOtherVersionsAndSaysSo) {
    for (const std::string_view line :
         {"GET / HTTP/1.0", "GET / HTTP/2.0", "PRI * HTTP/2.0", "GET / HTTP/0.9", "GET / HTTP/1.2", "GET / HTTP/1.1x"}) {
        SCOPED_TRACE(line);
        const Result<GuardedHead> verdict = guard(with_request_line(line));
        ASSERT_TRUE(verdict.has_error());
        EXPECT_EQ(verdict.error().kind(), ErrorKind::InvalidRequest);
        EXPECT_EQ(verdict.error().code(), "http_version_not_supported");
    }
    const Result<GuardedHead> chunked = guard("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    ASSERT_TRUE(chunked.has_error());
    EXPECT_EQ(chunked.error().code(), "http_version_not_supported");
}

TEST(HttpGuard, RefusesDuplicateAndListedContentLength) {
    expect_all_refused({
        {"duplicate, equal", with_fields("Content-Length: 4\r\nContent-Length: 4\r\n")},
        {"duplicate, different", with_fields("Content-Length: 4\r\nContent-Length: 5\r\n")},
        {"duplicate in other case", with_fields("Content-Length: 4\r\ncontent-length: 4\r\n")},
        {"list", with_fields("Content-Length: 4, 4\r\n")},
        {"list without space", with_fields("Content-Length: 4,4\r\n")},
    });
}

TEST(HttpGuard, RefusesFoldedLines) {
    expect_all_refused({
        {"obs-fold by a space", with_fields("X-A: b\r\n c\r\n")},
        {"obs-fold by a tab", with_fields("X-A: b\r\n\tc\r\n")},
        {"obs-fold on Transfer-Encoding", with_fields("Transfer-Encoding:\r\n chunked\r\n")},
        {"obs-fold of an empty line", with_fields("X-A: b\r\n \r\n")},
        {"fold right behind the request line", std::string(kRequestLine) + " Host: a\r\nHost: b\r\n\r\n"},
    });
}

TEST(HttpGuard, RefusesAnyNumberOfHostsButOneAndStrangeHosts) {
    const std::string line(kRequestLine);
    expect_all_refused({
        {"no Host", line + "\r\n"},
        {"two Hosts", line + "Host: a\r\nHost: b\r\n\r\n"},
        {"two equal Hosts", line + "Host: a\r\nhost: a\r\n\r\n"},
        {"Host a@b/../", line + "Host: a@b/../\r\n\r\n"},
        {"empty Host", line + "Host:\r\n\r\n"},
        {"Host of spaces", line + "Host:  \r\n\r\n"},
        {"Host with a space", line + "Host: a b\r\n\r\n"},
        {"Host list", line + "Host: a, b\r\n\r\n"},
        {"Host with a path", line + "Host: a/b\r\n\r\n"},
        {"Host with a query", line + "Host: a?b\r\n\r\n"},
        {"Host with an underscore", line + "Host: a_b\r\n\r\n"},
        {"Host above ASCII", line + "Host: caf\xc3\xa9\r\n\r\n"},
    });
}

TEST(HttpGuard, RefusesTargetsThatAreNoPlainPath) {
    expect_all_refused({
        {"absolute-form", with_request_line("GET http://localhost/v1/models HTTP/1.1")},
        {"fragment", with_request_line("GET /v1/models#x HTTP/1.1")},
        {"byte 0xff", with_request_line("GET /\xff HTTP/1.1")},
        {"authority-form", with_request_line("GET localhost:80 HTTP/1.1")},
        {"asterisk-form", with_request_line("OPTIONS * HTTP/1.1")},
        {"empty", with_request_line("GET  HTTP/1.1")},
        {"relative", with_request_line("GET v1/models HTTP/1.1")},
        {"tab", with_request_line("GET /a\tb HTTP/1.1")},
        {"delete character", with_request_line("GET /a\x7f HTTP/1.1")},
        {"NUL", with_request_line("GET /a\0b HTTP/1.1"sv)},
        {"space", with_request_line("GET /a b HTTP/1.1")},
    });
}

TEST(HttpGuard, RefusesMethodsItDoesNotKnowAsNotAllowed) {
    for (const std::string_view method : {"get", "post", "Post", "TRACE", "CONNECT", "FOO", "POSTT", "X-Y"}) {
        SCOPED_TRACE(method);
        const Result<GuardedHead> verdict = guard(with_request_line(std::string(method) + " / HTTP/1.1"));
        ASSERT_TRUE(verdict.has_error());
        EXPECT_EQ(verdict.error().kind(), ErrorKind::MethodNotAllowed);
        EXPECT_EQ(verdict.error().code(), "method_not_allowed");
        EXPECT_NE(verdict.error().message().find(method), std::string_view::npos);
    }
    const Result<GuardedHead> long_method = guard(with_request_line(std::string(5'000, 'A') + " / HTTP/1.1"));
    ASSERT_TRUE(long_method.has_error());
    EXPECT_LT(long_method.error().message().size(), 300U);
}

TEST(HttpGuard, RefusesUnderscoresInNames) {
    expect_all_refused({
        {"X_Budget_Class", with_fields("X_Budget_Class: cheap\r\n")},
        {"Content_Length", with_fields("Content_Length: 4\r\n")},
        {"Transfer_Encoding", with_fields("Transfer_Encoding: chunked\r\n")},
    });
    EXPECT_NE(guard(with_fields("X_Budget_Class: cheap\r\n")).error().message().find("X_Budget_Class"), std::string_view::npos);
}

TEST(HttpGuard, TellsAClientThatWantsAnotherProtocolThatThereIsNone) {
    for (const std::string_view fields : {"Upgrade: h2c\r\n", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n",
                                          "Connection: upgrade\r\nUpgrade: websocket\r\n", "Upgrade:\r\n"}) {
        const Result<GuardedHead> verdict = guard(with_fields(fields));
        ASSERT_TRUE(verdict.has_error()) << fields;
        EXPECT_EQ(verdict.error().kind(), ErrorKind::UpgradeRequired);
    }
}

TEST(HttpGuard, RefusesConnectionOptions) {
    expect_all_refused({
        {"Connection: content-length", with_fields("Connection: content-length\r\nContent-Length: 4\r\n")},
        {"Connection: authorization", with_fields("Connection: close, authorization\r\n")},
        {"empty Connection", with_fields("Connection:\r\n")},
        {"empty option", with_fields("Connection: close,\r\n")},
        {"second Connection", with_fields("Connection: close\r\nConnection: host\r\n")},
        {"Expect of something else", with_fields("Expect: 200-ok\r\n")},
        {"Expect with more", with_fields("Expect: 100-continue, x\r\n")},
        {"empty Expect", with_fields("Expect:\r\n")},
    });
}

TEST(HttpGuard, RefusesMalformedLines) {
    expect_all_refused({
        {"bare LF behind a field", with_fields("X-A: b\nX-C: d\r\n")},
        {"bare LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
        {"bare LF everywhere", "GET / HTTP/1.1\nHost: a\n\n"},
        {"bare LF ends the head", std::string(kRequestLine) + "Host: a\r\n\n\r\n\r\n"},
        {"bare CR in a value", with_fields("X-A: b\rX-C: d\r\n")},
        {"two CR", with_fields("X-A: b\r\r\n")},
        {"NUL in a value", with_fields("X-A: b\0c\r\n"sv)},
        {"NUL in a name", with_fields("X\0A: b\r\n"sv)},
        {"CTL in a value", with_fields("X-A: b\x01\r\n")},
        {"delete character in a value", with_fields("X-A: b\x7f\r\n")},
        {"delete character in a long value", with_fields("X-A: abcdefghijklmnop\x7fqrstuvwxyz\r\n")},
        {"tab in a value", with_fields("X-A: b\tc\r\n")},
        {"escape character in a long value", with_fields("X-A: abcdefghijklmnop\x1bqrstuvwxyz\r\n")},
        {"space before colon", with_fields("X-A : b\r\n")},
        {"tab before colon", with_fields("X-A\t: b\r\n")},
        {"leading space", with_fields(" X-A: b\r\n")},
        {"no colon", with_fields("X-A b\r\n")},
        {"empty name", with_fields(": b\r\n")},
        {"name above ASCII", with_fields("X-\xc3\xa9: b\r\n")},
        {"name in brackets", with_fields("[X]: b\r\n")},
        {"two names", with_fields("X A: b\r\n")},
    });
}

TEST(HttpGuard, RefusesMalformedRequestLines) {
    expect_all_refused({
        {"empty request line", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"nothing", ""},
        {"only the end", "\r\n\r\n"},
        {"no version", with_request_line("GET /")},
        {"method only", with_request_line("GET")},
        {"space in front", with_request_line(" GET / HTTP/1.1")},
        {"space behind", with_request_line("GET / HTTP/1.1 ")},
        {"two spaces", with_request_line("GET  / HTTP/1.1")},
        {"tab for a space", with_request_line("GET\t/ HTTP/1.1")},
        {"lower-case version", with_request_line("GET / http/1.1")},
        {"method with a bad character", with_request_line("G@T / HTTP/1.1")},
        {"request line is a field", "Host: a\r\n\r\n"},
        {"TLS greeting", "\x16\x03\x01\x02\x00\x01\r\n\r\n"},
    });
}

TEST(HttpGuard, RefusesAHeadThatDoesNotEndWhereItIsSaidToEnd) {
    expect_all_refused({
        {"no end", std::string(kRequestLine) + "Host: a\r\n"},
        {"cut line", std::string(kRequestLine) + "Host: a"},
        {"bytes behind the end", with_fields("") + "X"},
        {"second head behind the first", with_fields("") + with_fields("")},
        {"empty line among the fields", std::string(kRequestLine) + "Host: a\r\n\r\nX-A: b\r\n\r\n"},
    });
}

TEST(HttpGuard, RefusesEveryProperPrefixOfAHead) {
    const std::string head = with_fields("Content-Length: 4\r\nConnection: close\r\n");
    for (std::size_t size = 0; size < head.size(); ++size) {
        EXPECT_TRUE(guard(std::string_view(head).substr(0, size)).has_error()) << size;
    }
}

TEST(HttpGuard, BoundsTheHead) {
    const std::string head = with_fields("X-A: b\r\n");
    EXPECT_TRUE(guard(head, {.head_bytes_max = head.size()}).has_value());
    const Result<GuardedHead> refused = guard(head, {.head_bytes_max = head.size() - 1});
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().kind(), ErrorKind::HeadTooLarge);
    EXPECT_NE(refused.error().message().find(std::to_string(head.size() - 1)), std::string_view::npos);
}

TEST(HttpGuard, BoundsTheNumberOfFields) {
    const std::string head = with_fields("X-A: b\r\nX-B: c\r\n");
    EXPECT_TRUE(guard(head, {.fields_max = 3}).has_value());
    const Result<GuardedHead> refused = guard(head, {.fields_max = 2});
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().kind(), ErrorKind::HeadTooLarge);
}

TEST(HttpGuard, BoundsEachLine) {
    const std::string head = with_fields("X-A: " + std::string(95, 'b') + "\r\n");
    EXPECT_TRUE(guard(head, {.line_bytes_max = 100}).has_value());
    const Result<GuardedHead> field = guard(head, {.line_bytes_max = 99});
    ASSERT_TRUE(field.has_error());
    EXPECT_EQ(field.error().kind(), ErrorKind::HeadTooLarge);
    const Result<GuardedHead> request_line = guard(with_request_line("GET /" + std::string(9'000, 'a') + " HTTP/1.1"));
    ASSERT_TRUE(request_line.has_error());
    EXPECT_EQ(request_line.error().kind(), ErrorKind::HeadTooLarge);
}

TEST(HttpGuard, NeverEchoesAValue) {
    for (const std::string_view fields : {"Authorization: Bearer secret\x01\r\n", "Content-Length: secret\r\n",
                                          "Connection: secret\r\n", "Transfer-Encoding: secret\r\n", "Expect: secret\r\n"}) {
        EXPECT_EQ(guard(with_fields(fields)).error().message().find("secret"), std::string_view::npos) << fields;
    }
}

TEST(FindHeadEnd, FindsTheFirstEmptyLine) {
    EXPECT_EQ(find_head_end(""), std::nullopt);
    EXPECT_EQ(find_head_end("GET / HTTP/1.1\r\n"), std::nullopt);
    EXPECT_EQ(find_head_end("a\r\n\r\nb\r\n\r\n"), 5U);
    EXPECT_EQ(find_head_end("\r\n\r\n"), 4U);
    EXPECT_EQ(find_head_end("a\n\nb\r\r\n\n"), std::nullopt);
    EXPECT_EQ(find_head_end("a\r\n\r\r\n\r\n"), 8U);
}

TEST(FindHeadEnd, FindsTheEndHoweverTheBytesArrive) {
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody";
    const std::size_t end = head.size() - 4;
    for (std::size_t first = 0; first < end; ++first) {
        ASSERT_EQ(find_head_end(std::string_view(head).substr(0, first)), std::nullopt);
        EXPECT_EQ(find_head_end(head, first), end) << first;
    }
}

TEST(HttpGuard, ReadsRequestLineAndFieldsInOrder) {
    HttpFields fields;
    fields.add("left", "over");
    const std::string head =
        "POST /v1/a?b=c HTTP/1.1\r\nHost: localhost\r\nX-Empty:\r\nAccept:  a b  \r\nhost-like: \xC3\xA9\r\n\r\n";
    const auto guarded = guard_request_head(head, HeadLimits{}, fields);
    ASSERT_TRUE(guarded.has_value());
    EXPECT_EQ(guarded->method, "POST");
    EXPECT_EQ(guarded->target, "/v1/a?b=c");
    std::string all;
    for (const HttpField& field : fields) {
        all.append(field.name).append("=").append(field.value).append(";");
    }
    EXPECT_EQ(all, "Host=localhost;X-Empty=;Accept=a b;host-like=\xC3\xA9;");
}

}  // namespace
}  // namespace tierway::wire
