#include "config/addresses.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "config/problems.hpp"

namespace tierway::config {
namespace {

constexpr std::size_t kHostBytesMax = 253;
constexpr std::size_t kLabelBytesMax = 63;
constexpr std::size_t kPathBytesMax = 1024;
constexpr std::int64_t kPortMax = 65'535;

/// An IPv4 address as its IPv4-mapped IPv6 form (RFC 4291 section 2.5.5.2), so that each range is checked once.
using Address = std::array<unsigned char, 16>;

std::optional<Address> numeric_address(std::string_view host) {
    const std::string text(host);
    Address address{};
    if (inet_pton(AF_INET, text.c_str(), address.data() + 12) == 1) {
        address[10] = address[11] = 0xFF;
        return address;
    }
    if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) {
        return address;
    }
    return std::nullopt;
}

bool is_mapped_ipv4(const Address& address) {
    return std::all_of(address.begin(), address.begin() + 10, [](unsigned char byte) { return byte == 0; }) &&
           address[10] == 0xFF && address[11] == 0xFF;
}

bool is_ipv6_loopback(const Address& address) {
    return std::all_of(address.begin(), address.end() - 1, [](unsigned char byte) { return byte == 0; }) && address[15] == 1;
}

bool is_unspecified(const Address& address) {
    const auto begin = is_mapped_ipv4(address) ? address.begin() + 12 : address.begin();
    return std::all_of(begin, address.end(), [](unsigned char byte) { return byte == 0; });
}

bool is_link_local(const Address& address) {
    return (is_mapped_ipv4(address) && address[12] == 169 && address[13] == 254) ||
           (address[0] == 0xFE && (address[1] & 0xC0U) == 0x80U);
}

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_host_name(std::string_view host) {
    if (host.empty() || host.size() > kHostBytesMax) {
        return false;
    }
    std::size_t label = 0;
    for (const char c : host) {
        if (c == '.' ? label == 0 : !(is_letter_or_digit(c) || c == '-' || c == '_')) {
            return false;
        }
        label = c == '.' ? 0 : label + 1;
        if (label > kLabelBytesMax) {
            return false;
        }
    }
    return label > 0;
}

// System resolvers also read `2852039166`, `0xa9.254.1` and the like as IPv4 addresses, past any check of ranges. The last label
// of a real name is never a number.
bool resembles_number(std::string_view host) {
    const std::string_view label = host.substr(host.rfind('.') + 1);
    return std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; }) || label.starts_with("0x") ||
           label.starts_with("0X");
}

std::string lower_case(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return result;
}

struct HostAndPort {
    std::string_view host;
    std::string_view port;  ///< Without the colon.
    bool has_port = false;
    bool bracketed = false;
};

std::optional<HostAndPort> split_authority(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        const std::string_view rest = text.substr(end + 1);
        if (!rest.empty() && rest.front() != ':') {
            return std::nullopt;
        }
        return HostAndPort{text.substr(1, end - 1), rest.empty() ? rest : rest.substr(1), !rest.empty(), true};
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        return HostAndPort{text, {}, false, false};
    }
    if (text.find(':', colon + 1) != std::string_view::npos) {
        return std::nullopt;
    }
    return HostAndPort{text.substr(0, colon), text.substr(colon + 1), true, false};
}

// Empty when the host may be called, else why not.
std::string host_problem(const HostAndPort& authority) {
    const std::string shown = quoted_value(authority.host);
    const auto address = numeric_address(authority.host);
    if (authority.bracketed && (!address || authority.host.find(':') == std::string_view::npos)) {
        return "has " + shown + " in brackets, which is not an IPv6 address";
    }
    if (!address && !is_host_name(authority.host)) {
        return "needs a host name or address, but has " + shown;
    }
    if (!address && resembles_number(authority.host)) {
        return "has the host " + shown + ", which is not a plain IPv4 address: write four numbers such as `127.0.0.1`";
    }
    if (address && is_link_local(*address)) {
        return "points at the link-local address " + shown + ", where cloud machines keep their credentials: it is never called";
    }
    if (address && is_unspecified(*address)) {
        return "points at " + shown + ", which is no one's address: write `127.0.0.1` for this machine";
    }
    return {};
}

// Empty when the path can be put before "/chat/completions", else why not.
std::string path_problem(std::string_view path) {
    if (path.size() > kPathBytesMax) {
        return "has a path longer than " + std::to_string(kPathBytesMax) + " bytes";
    }
    if (!std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < 0x7F && c != '\\' && c != '"'; })) {
        return "has a space, a control character or a character beyond ASCII in its path";
    }
    if (path.find("//") != std::string_view::npos || path.find("/../") != std::string_view::npos || path.ends_with("/..")) {
        return "has `//` or `..` in its path";
    }
    if (path.ends_with("/chat/completions")) {
        return "must end before `/chat/completions`, which the gateway adds";
    }
    return {};
}

}  // namespace

bool is_loopback(std::string_view address) {
    const auto numeric = numeric_address(address);
    return numeric && (is_ipv6_loopback(*numeric) || (is_mapped_ipv4(*numeric) && (*numeric)[12] == 127));
}

bool Endpoint::is_loopback() const {
    return config::is_loopback(host);
}

bool is_local_host(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost") || is_loopback(host);
}

Parsed<Endpoint> parse_endpoint(std::string_view text) {
    using Result = Parsed<Endpoint>;
    const auto parts = split_authority(text);
    if (!parts || !parts->has_port) {
        return Result::bad("must be an address and a port such as `127.0.0.1:8080` or `[::1]:8080`, not " + quoted_value(text));
    }
    const auto port = parse_integer(parts->port, 0, kPortMax);
    if (!port.value) {
        return Result::bad("has a port that " + port.problem);
    }
    const std::string_view host = parts->host == "localhost" ? "127.0.0.1" : parts->host;
    const auto address = numeric_address(host);
    if (!address || parts->bracketed != (host.find(':') != std::string_view::npos)) {
        return Result::bad("must begin with a numeric address or `localhost`, not " + quoted_value(parts->host));
    }
    return Result::good({std::string(host), static_cast<std::uint16_t>(*port.value)});
}

Parsed<BaseUrl> parse_base_url(std::string_view text) {
    using Result = Parsed<BaseUrl>;
    const std::string scheme = lower_case(text.substr(0, std::min(text.find("://"), text.size())));
    if ((scheme != "http" && scheme != "https") || scheme.size() == text.size()) {
        return Result::bad("must begin with `https://` or `http://`");
    }
    if (text.find_first_of("?#") != std::string_view::npos) {
        return Result::bad("must not have a query or a fragment (`?`, `#`)");
    }
    const std::string_view rest = text.substr(scheme.size() + 3);
    const std::string_view authority = rest.substr(0, rest.find('/'));
    if (authority.find('@') != std::string_view::npos) {
        return Result::bad("must not hold a user name or password: write `api_key: \"${NAME}\"`");
    }
    const auto parts = split_authority(authority);
    if (!parts) {
        return Result::bad("must have a host and at most one port, an IPv6 address in brackets");
    }
    if (std::string problem = host_problem(*parts); !problem.empty()) {
        return Result::bad(std::move(problem));
    }
    BaseUrl url;
    url.tls = scheme == "https";
    url.host = lower_case(parts->host);
    url.port = url.tls ? 443 : 80;
    if (parts->has_port) {
        const auto port = parse_integer(parts->port, 1, kPortMax);
        if (!port.value) {
            return Result::bad("has a port that " + port.problem);
        }
        url.port = static_cast<std::uint16_t>(*port.value);
    }
    std::string_view path = rest.substr(authority.size());
    path = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
    if (std::string problem = path_problem(path); !problem.empty()) {
        return Result::bad(std::move(problem));
    }
    url.prefix = path;
    return Result::good(std::move(url));
}

}  // namespace tierway::config
