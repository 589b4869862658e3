#include "tierway/wire/http_guard.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "tierway/base/byte_scan.hpp"
namespace tierway::wire {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::array<std::string_view, 7> kMethods = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"};

using CharacterSet = std::array<bool, 256>;

constexpr CharacterSet character_set(std::string_view others) {
    CharacterSet set{};
    for (char c = '0'; c <= '9'; ++c) {
        set[static_cast<unsigned char>(c)] = true;
    }
    for (char c = 'a'; c <= 'z'; ++c) {
        set[static_cast<unsigned char>(c)] = true;
        set[static_cast<unsigned char>(c - 'a' + 'A')] = true;
    }
    for (const char c : others) {
        set[static_cast<unsigned char>(c)] = true;
    }
    return set;
}

/// RFC 9110 section 5.6.2.
constexpr CharacterSet kTokenCharacters = character_set("!#$%&'*+-.^_`|~");
constexpr CharacterSet kNameCharacters = character_set("!#$%&'*+-.^`|~");
constexpr CharacterSet kHostCharacters = character_set(".-:[]");

bool consists_of(std::string_view text, const CharacterSet& set) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&set](char c) { return set[static_cast<unsigned char>(c)]; });
}

std::string_view without_outer_spaces(std::string_view text) noexcept {
    while (text.starts_with(' ')) {
        text.remove_prefix(1);
    }
    while (text.ends_with(' ')) {
        text.remove_suffix(1);
    }
    return text;
}

/// A token of the client's, short enough for a message.
std::string shown(std::string_view token) {
    constexpr std::size_t kShownMax = 64;
    return token.size() <= kShownMax ? std::string(token) : std::string(token.substr(0, kShownMax)) + "...";
}

/// REQUIRES: there is a line end.
std::string_view first_line(std::string_view rest) noexcept {
    const std::size_t carriage_return = rest.find('\r');
    // A carriage return alone belongs to its line, which is refused for it.
    return rest.substr(0, rest[carriage_return + 1] == '\n' ? carriage_return : rest.find(kLineEnd));
}

Error invalid(std::string message, std::string_view code = "invalid_http_request") {
    return Error::downstream(ErrorKind::InvalidRequest, code, std::move(message));
}

/// A client that would rather talk over a WebSocket (Codex) falls back to requests at once when it is told so by 426 (WIRE.md section
/// 0, rule 10).
Error no_other_protocol() {
    return Error::downstream(ErrorKind::UpgradeRequired, "upgrade_unsupported",
                             "Switching to another protocol is not supported. Send requests over HTTP/1.1, without the header Upgrade.");
}

Error too_large(std::string message) {
    return Error::downstream(ErrorKind::HeadTooLarge, "request_header_fields_too_large", std::move(message));
}

Result<void> read_request_line(std::string_view line, GuardedHead& head) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        return invalid("The request line must be a method, a path and HTTP/1.1, each separated by one space.");
    }
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!consists_of(method, kTokenCharacters)) {
        return invalid("The request line must start with a method such as POST.");
    }
    if (version != "HTTP/1.1") {
        return version.starts_with("HTTP/")
                   ? invalid("Only HTTP/1.1 is spoken here; send the request with HTTP/1.1.", "http_version_not_supported")
                   : invalid("The request line must end with HTTP/1.1 after one space.");
    }
    if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
        return Error::downstream(
            ErrorKind::MethodNotAllowed, "method_not_allowed",
            "The method " + shown(method) +
                " is not known here; use GET, HEAD, POST, PUT, DELETE, OPTIONS or PATCH in capital letters.");
    }
    if (!target.starts_with('/')) {
        return invalid("The request target must be a path that starts with '/', without scheme or host.");
    }
    const bool visible = std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
    if (!visible) {
        return invalid("The request target may hold only visible ASCII characters without '#'; percent-encode all others.");
    }
    head.method = method;
    head.target = target;
    return {};
}

/// Judges the fields of one head, one after the other.
class FieldJudge {
public:
    FieldJudge(GuardedHead& head, HttpFields& fields) noexcept : head_(head), fields_(fields) {}

    Result<void> judge(std::string_view line);
    [[nodiscard]] Result<void> judge_all_together() const;

private:
    Result<void> judge_known(std::string_view name, std::string_view value);
    Result<void> judge_host(std::string_view value);
    Result<void> judge_content_length(std::string_view value);
    Result<void> judge_transfer_encoding(std::string_view value);
    Result<void> judge_connection(std::string_view value);
    Result<void> judge_expect(std::string_view value);

    GuardedHead& head_;
    HttpFields& fields_;
    bool has_host_ = false;
};

Error refused_name(std::string_view name) {
    if (name.ends_with(' ') || name.ends_with('\t')) {
        return invalid("A header has white space between its name and the colon; remove it.");
    }
    if (!consists_of(name, kTokenCharacters)) {
        return invalid("A header name is empty or holds a character that names may not hold.");
    }
    return invalid("The header name " + shown(name) +
                   " holds an underscore, which some servers confuse with a hyphen; write it with '-'.");
}

Result<void> FieldJudge::judge(std::string_view line) {
    if (line.empty()) {
        return invalid("There is an empty line among the headers; only the end of the headers is marked by one.");
    }
    if (line.front() == ' ' || line.front() == '\t') {
        return invalid("A header line starts with white space; header values must not be folded over several lines.");
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
        return invalid("A header line has no colon; write it as 'Name: value'.");
    }
    const std::string_view name = line.substr(0, colon);
    if (!consists_of(name, kNameCharacters)) {
        return refused_name(name);
    }
    const std::string_view value = line.substr(colon + 1);
    if (has_control(value)) {
        return invalid("The value of the header " + shown(name) + " holds a control character (a tab counts as one); remove it.");
    }
    const std::string_view trimmed = without_outer_spaces(value);
    fields_.add(name, trimmed);
    return judge_known(name, trimmed);
}

Result<void> FieldJudge::judge_known(std::string_view name, std::string_view value) {
    // The lengths of the names that matter differ from each other, which spares nearly every comparison.
    switch (name.size()) {
        case 4:
            return equals_ignoring_case(name, "Host") ? judge_host(value) : Result<void>();
        case 6:
            return equals_ignoring_case(name, "Expect") ? judge_expect(value) : Result<void>();
        case 7:
            if (equals_ignoring_case(name, "Upgrade")) {
                return no_other_protocol();
            }
            return {};
        case 10:
            return equals_ignoring_case(name, "Connection") ? judge_connection(value) : Result<void>();
        case 14:
            return equals_ignoring_case(name, "Content-Length") ? judge_content_length(value) : Result<void>();
        case 17:
            return equals_ignoring_case(name, "Transfer-Encoding") ? judge_transfer_encoding(value) : Result<void>();
        default:
            return {};
    }
}

Result<void> FieldJudge::judge_host(std::string_view value) {
    if (has_host_) {
        return invalid("There is more than one Host header; send exactly one.");
    }
    has_host_ = true;
    if (!consists_of(value, kHostCharacters)) {
        return invalid(
            "The Host header must be a host name or address with an optional port: letters, digits, '.', '-', ':', '[' and ']'.");
    }
    return {};
}

Result<void> FieldJudge::judge_content_length(std::string_view value) {
    constexpr std::size_t kDigitsMax = 10;
    if (head_.content_length) {
        return invalid("There is more than one Content-Length header; send exactly one.");
    }
    const bool digits = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || value.size() > kDigitsMax || (value.front() == '0' && value.size() > 1)) {
        return invalid("Content-Length must be one decimal number of at most ten digits, without sign or leading zeros.");
    }
    std::uint64_t length = 0;
    for (const char digit : value) {
        length = length * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    head_.content_length = length;
    return {};
}

Result<void> FieldJudge::judge_transfer_encoding(std::string_view value) {
    if (head_.chunked) {
        return invalid("There is more than one Transfer-Encoding header; send exactly one.");
    }
    if (!equals_ignoring_case(value, "chunked")) {
        return invalid("Transfer-Encoding must be the single word chunked; no other coding is supported.");
    }
    head_.chunked = true;
    return {};
}

Result<void> FieldJudge::judge_connection(std::string_view value) {
    while (true) {
        const std::size_t comma = std::min(value.find(','), value.size());
        const std::string_view option = without_outer_spaces(value.substr(0, comma));
        if (equals_ignoring_case(option, "close")) {
            head_.close = true;
        } else if (equals_ignoring_case(option, "upgrade")) {
            return no_other_protocol();
        } else if (!equals_ignoring_case(option, "keep-alive") && !equals_ignoring_case(option, "te")) {
            return invalid("The Connection header may list only close, keep-alive and te.");
        }
        if (comma == value.size()) {
            return {};
        }
        value.remove_prefix(comma + 1);
    }
}

Result<void> FieldJudge::judge_expect(std::string_view value) {
    if (!equals_ignoring_case(value, "100-continue")) {
        return invalid("The only expectation supported is 'Expect: 100-continue'.");
    }
    head_.expect_continue = true;
    return {};
}

Result<void> FieldJudge::judge_all_together() const {
    if (!has_host_) {
        return invalid("There is no Host header; HTTP/1.1 requests must have exactly one.");
    }
    if (head_.chunked && head_.content_length) {
        return invalid("There are both Content-Length and Transfer-Encoding; send only one of them.");
    }
    return {};
}

}  // namespace

std::optional<std::size_t> find_head_end(std::string_view bytes, std::size_t scanned) noexcept {
    // The end may have begun within the last bytes of what was scanned.
    const std::size_t overlap = std::min(scanned, kHeadEnd.size() - 1);
    const std::size_t found = bytes.find(kHeadEnd, scanned - overlap);
    if (found == std::string_view::npos) {
        return std::nullopt;
    }
    return found + kHeadEnd.size();
}

Result<GuardedHead> guard_request_head(std::string_view head, const HeadLimits& limits, HttpFields& fields) {
    fields.clear();
    if (head.size() > limits.head_bytes_max) {
        return too_large("The request line and headers are longer than " + std::to_string(limits.head_bytes_max) +
                         " bytes; send fewer or shorter headers.");
    }
    if (!head.ends_with(kHeadEnd)) {
        return invalid("The headers must end with an empty line, and each line with carriage return and line feed.");
    }
    GuardedHead guarded;
    FieldJudge judge(guarded, fields);
    std::size_t lines = 0;
    // Without the empty line, so that each remaining line ends with kLineEnd.
    for (std::string_view rest = head.substr(0, head.size() - kLineEnd.size()); !rest.empty(); ++lines) {
        const std::string_view line = first_line(rest);
        rest.remove_prefix(line.size() + kLineEnd.size());
        if (line.size() > limits.line_bytes_max) {
            return too_large("A line of the request head is longer than " + std::to_string(limits.line_bytes_max) + " bytes.");
        }
        if (lines > limits.fields_max) {
            return too_large("The request has more than " + std::to_string(limits.fields_max) + " headers.");
        }
        const Result<void> verdict = lines == 0 ? read_request_line(line, guarded) : judge.judge(line);
        if (verdict.has_error()) {
            return verdict.error();
        }
    }
    const Result<void> verdict = judge.judge_all_together();
    if (verdict.has_error()) {
        return verdict.error();
    }
    return guarded;
}

}  // namespace tierway::wire
