// The request guard with Beast's parser behind it, as a server connection uses them: what the guard lets pass obeys each rule of
// its contract, both read the same framing, and a chunked body is the same however it arrives.

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chunked_reference.hpp"
#include "net/message_parser.hpp"
#include "property.hpp"
#include "tierway/wire/http_guard.hpp"

namespace tierway::fuzz {
namespace {

constexpr wire::HeadLimits kLimits{};

class RequestParser final : public net::MessageParser<true> {};

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return result;
}

std::string_view without_spaces(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

struct Head {
    std::string_view request_line;
    std::vector<std::pair<std::string_view, std::string_view>> fields;

    [[nodiscard]] std::vector<std::string_view> values(std::string_view name) const {
        std::vector<std::string_view> found;
        for (const auto& [field, value] : fields) {
            if (lower(field) == name) {
                found.push_back(value);
            }
        }
        return found;
    }
};

/// Splits a head as anybody would; requires of each line what the guard promises of a line.
Head split(std::string_view head) {
    Head result;
    require(head.size() <= kLimits.head_bytes_max && head.ends_with("\r\n\r\n"), "a head is bounded and ends with an empty line");
    for (const char c : head) {
        require(c == '\r' || c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F),
                "a head has no control characters");
    }
    head.remove_suffix(2);
    while (!head.empty()) {
        const std::size_t end = head.find("\r\n");
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end + 2);
        require(!line.empty() && line.size() <= kLimits.line_bytes_max, "each line is bounded and not empty");
        require(line.find_first_of("\r\n") == std::string_view::npos, "no bare line end is in a line");
        if (result.request_line.empty()) {
            result.request_line = line;
            continue;
        }
        const std::size_t colon = line.find(':');
        require(colon != std::string_view::npos && colon > 0, "each field has a name");
        for (const char c : line.substr(0, colon)) {
            constexpr std::string_view kOthers = "!#$%&'*+-.^`|~";
            const bool token = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                               kOthers.find(c) != std::string_view::npos;
            require(token, "a name is a token without underscore");
        }
        result.fields.emplace_back(line.substr(0, colon), without_spaces(line.substr(colon + 1)));
    }
    require(result.fields.size() <= kLimits.fields_max, "the number of fields is bounded");
    return result;
}

void check_request_line(std::string_view line) {
    static constexpr std::array<std::string_view, 7> kMethods{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"};
    const std::size_t space = line.find(' ');
    require(std::find(kMethods.begin(), kMethods.end(), line.substr(0, space)) != kMethods.end(), "the method is a known one");
    require(line.ends_with(" HTTP/1.1") && line.size() > space + 10, "the version is HTTP/1.1");
    const std::string_view target = line.substr(space + 1, line.size() - space - 10);
    require(target.starts_with('/'), "the target is a path");
    for (const char c : target) {
        require(c > ' ' && c < 0x7F && c != '#', "the target is visible ASCII without '#'");
    }
}

void check_rules(const Head& head, const wire::GuardedHead& guarded) {
    check_request_line(head.request_line);
    const auto hosts = head.values("host");
    require(hosts.size() == 1 && !hosts[0].empty(), "there is exactly one Host");
    for (const char c : hosts[0]) {
        const bool allowed = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             std::string_view(".-:[]").find(c) != std::string_view::npos;
        require(allowed, "Host holds what a host may hold");
    }
    const auto lengths = head.values("content-length");
    const auto codings = head.values("transfer-encoding");
    require(lengths.size() + codings.size() <= 1, "the body is framed at most once");
    require(guarded.content_length.has_value() == (lengths.size() == 1) && guarded.chunked == (codings.size() == 1),
            "the guard tells how the body is framed");
    if (!lengths.empty()) {
        require(std::to_string(*guarded.content_length) == lengths[0], "Content-Length is the number as it is written");
    }
    require(codings.empty() || lower(codings[0]) == "chunked", "the only coding is chunked");
    for (const std::string_view expectation : head.values("expect")) {
        require(lower(expectation) == "100-continue" && guarded.expect_continue, "the only expectation is 100-continue");
    }
    require(head.values("upgrade").empty(), "no other protocol is asked for");
    bool close = false;
    for (std::string_view options : head.values("connection")) {
        while (true) {
            const std::size_t comma = std::min(options.find(','), options.size());
            const std::string option = lower(without_spaces(options.substr(0, comma)));
            require(option == "close" || option == "keep-alive" || option == "te", "Connection names no other option");
            close = close || option == "close";
            if (comma == options.size()) {
                break;
            }
            options.remove_prefix(comma + 1);
        }
    }
    require(guarded.close == close, "the guard tells whether the client closes");
}

struct ReadBody {
    std::string data;
    std::size_t used = 0;
    bool done = false;
    bool failed = false;
    bool extension = false;

    friend bool operator==(const ReadBody&, const ReadBody&) = default;
};

/// As a server connection reads a chunked body: what was not used stays in front of what comes next.
ReadBody read_body(std::string_view head, std::string_view rest, const std::vector<std::size_t>& ends) {
    RequestParser parser;
    boost::beast::error_code error;
    parser.body_limit(boost::none);
    parser.header_limit(static_cast<std::uint32_t>(kLimits.head_bytes_max + 1));
    parser.feed(head, true, error);
    std::vector<std::string_view> pieces;
    parser.body = &pieces;
    ReadBody body;
    std::size_t arrived = 0;
    for (const std::size_t end : ends) {
        // A copy of what the buffer would hold, of its exact size.
        const auto buffer = std::make_unique<char[]>(end - body.used);
        std::copy(rest.begin() + static_cast<std::ptrdiff_t>(body.used), rest.begin() + static_cast<std::ptrdiff_t>(end),
                  buffer.get());
        arrived = end;
        pieces.clear();
        body.used += parser.feed({buffer.get(), end - body.used}, false, error);
        for (const std::string_view piece : pieces) {
            body.data.append(piece);
        }
        body.failed = static_cast<bool>(error);
        body.extension = parser.had_chunk_extension;
        body.done = parser.is_done();
        if (body.failed || body.extension || body.done) {
            break;
        }
    }
    require(body.used <= arrived, "a parser uses no more than it was given");
    if (body.failed || body.extension) {
        // The connection is refused and closed, so it does not matter how far the reader came.
        return {{}, 0, false, true, false};
    }
    return body;
}

void check_chunked(std::string_view head, std::string_view rest, Choices& choices) {
    const ReadBody whole = read_body(head, rest, {rest.size()});
    for (const auto& ends : ways_to_cut(rest.size(), choices)) {
        require(read_body(head, rest, ends) == whole, "a chunked body is the same however it arrives");
    }
    if (whole.done) {
        const auto expected = read_chunked(rest.substr(0, whole.used));
        require(expected && expected->bytes_used == whole.used && expected->data == whole.data && !expected->has_extension,
                "an accepted chunked body ends where a strict reader ends it");
    }
}

void check(std::string_view input, Choices& choices) {
    const auto end = wire::find_head_end(input);
    const std::size_t plain = input.find("\r\n\r\n");
    require(end.has_value() == (plain != std::string_view::npos) && (!end || *end == plain + 4),
            "the head ends behind the first empty line");
    if (!end) {
        return;
    }
    const std::size_t scanned = choices.below(*end);
    require(wire::find_head_end(input, scanned) == end, "bytes scanned before need not be scanned again");
    const std::string_view head = input.substr(0, *end);
    wire::HttpFields fields;
    const auto guarded = wire::guard_request_head(head, kLimits, fields);
    if (!guarded) {
        const ErrorKind kind = guarded.error().kind();
        require(kind == ErrorKind::InvalidRequest || kind == ErrorKind::HeadTooLarge || kind == ErrorKind::MethodNotAllowed ||
                    kind == ErrorKind::UpgradeRequired,
                "a refusal is one of three kinds");
        require(guarded.error().message().find_first_of("\r\n") == std::string_view::npos, "a refusal's message is one line");
        return;
    }
    const Head expected = split(head);
    check_rules(expected, *guarded);
    require(fields.size() == expected.fields.size() &&
                std::equal(fields.begin(), fields.end(), expected.fields.begin(),
                           [](const wire::HttpField& a, const auto& b) { return a.name == b.first && a.value == b.second; }),
            "the guard gives each field with its name and value");
    require(std::string(guarded->method) + ' ' + std::string(guarded->target) + " HTTP/1.1" == expected.request_line,
            "the guard gives method and target");
    if (guarded->chunked) {
        check_chunked(head, input.substr(*end), choices);
    }
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    tierway::fuzz::Choices choices(input);
    tierway::fuzz::check(input, choices);
    return 0;
}
