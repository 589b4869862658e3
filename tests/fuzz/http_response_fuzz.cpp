// What a provider sends, read as an upstream connection reads it: however it arrives the answer is the same, nothing copied from
// its head can split ours, and what counts as complete is complete for a strict reader too.

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chunked_reference.hpp"
#include "net/response_parser.hpp"
#include "property.hpp"
#include "tierway/wire/http_guard.hpp"

namespace tierway::fuzz {
namespace {

/// The bound of an upstream connection on a response head.
constexpr std::uint32_t kHeadBytesMax = 64 * 1024;

struct Answer {
    unsigned status = 0;
    std::string body;
    bool head_refused = false;
    bool malformed = false;
    bool complete = false;  ///< The HTTP message ended by itself.
    bool ended_by_close = false;
    bool truncated = false;  ///< What the parser says of the connection's end at this place.
    std::size_t used = 0;

    friend bool operator==(const Answer&, const Answer&) = default;
};

void check_fields(const wire::HttpFields& fields) {
    for (const wire::HttpField& field : fields) {
        require(!field.name.empty(), "a field has a name");
        require(field.name.find_first_of(std::string_view("\r\n:\0 ", 5)) == std::string_view::npos, "a name cannot end a line");
        require(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos, "a value cannot end a line");
    }
}

/// As UpstreamConnection: the head whole, then the body as it comes; what was not used stays in front.
Answer read_answer(std::string_view head, std::string_view rest, const std::vector<std::size_t>& ends) {
    Answer answer;
    net::ResponseParser parser;
    wire::HttpFields fields;
    std::vector<std::string_view> pieces;
    boost::beast::error_code error;
    parser.body_limit(boost::none);
    parser.header_limit(kHeadBytesMax);
    parser.fields = &fields;
    parser.body = &pieces;
    parser.eager(true);
    const std::size_t head_used = parser.feed(head, true, error);
    if (error || !parser.is_header_done() || head_used != head.size()) {
        answer.head_refused = true;
        return answer;
    }
    answer.status = parser.status;
    require(answer.status <= 999, "a status has at most three digits");
    check_fields(fields);
    for (const std::size_t end : ends) {
        const auto buffer = std::make_unique<char[]>(end - answer.used);
        std::copy(rest.begin() + static_cast<std::ptrdiff_t>(answer.used), rest.begin() + static_cast<std::ptrdiff_t>(end),
                  buffer.get());
        pieces.clear();
        const std::size_t given = end - answer.used;
        const std::size_t used = parser.feed({buffer.get(), given}, false, error);
        require(used <= given, "a parser uses no more than it was given");
        for (const std::string_view piece : pieces) {
            answer.body.append(piece);
        }
        answer.used += used;
        if (error) {
            answer.malformed = true;
            return {answer.status, {}, false, true, false, false, false, 0};
        }
        if (parser.is_done()) {
            break;
        }
    }
    answer.complete = parser.is_done();
    answer.ended_by_close = parser.need_eof();
    if (!answer.complete) {
        parser.put_eof(error);
        answer.truncated = static_cast<bool>(error);
        require(answer.truncated || answer.ended_by_close, "only a body without framing may end with the connection");
    }
    return answer;
}

void check(std::string_view input, Choices& choices) {
    const auto end = wire::find_head_end(input);
    if (!end || *end > kHeadBytesMax) {
        return;
    }
    // An exact copy, so that views beyond the head are seen.
    const std::string head(input.substr(0, *end));
    const std::string_view rest = input.substr(*end);
    const Answer whole = read_answer(head, rest, {rest.size()});
    if (whole.head_refused) {
        return;
    }
    for (const auto& ends : ways_to_cut(rest.size(), choices)) {
        require(read_answer(head, rest, ends) == whole, "an answer is the same however it arrives");
    }
    if (whole.malformed) {
        return;
    }
    net::ResponseParser parser;
    wire::HttpFields fields;
    boost::beast::error_code error;
    parser.header_limit(kHeadBytesMax);
    parser.body_limit(boost::none);
    parser.fields = &fields;
    parser.feed(head, true, error);
    if (parser.chunked() && whole.complete && whole.status >= 200 && whole.status != 204 && whole.status != 304) {
        const auto expected = read_chunked(rest.substr(0, whole.used));
        require(expected && expected->bytes_used == whole.used && expected->data == whole.body,
                "a complete chunked answer ends where a strict reader ends it");
    }
    if (!parser.chunked() && !whole.ended_by_close && whole.complete && parser.content_length() && whole.status >= 200 &&
        whole.status != 204 && whole.status != 304) {
        require(whole.body.size() == *parser.content_length(), "a complete answer has the length it said");
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
