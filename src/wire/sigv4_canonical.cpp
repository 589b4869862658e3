#include "wire/sigv4_canonical.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "tierway/wire/percent_encoding.hpp"

namespace tierway::wire {
namespace {

std::string lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return lower;
}

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t';
}

/// Without white space at its ends, each run inside as one space.
std::string trimmed(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (!is_blank(c)) {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    if (!out.empty() && out.back() == ' ') {
        out.pop_back();
    }
    return out;
}

/// Sorted by name, then by value; a name alone has an empty value.
std::string canonical_query(std::string_view query) {
    std::vector<std::pair<std::string_view, std::string_view>> parameters;
    while (!query.empty()) {
        const std::string_view parameter = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(parameter.size() + 1, query.size()));
        if (!parameter.empty()) {
            const std::size_t equals = std::min(parameter.find('='), parameter.size());
            parameters.emplace_back(parameter.substr(0, equals), parameter.substr(std::min(equals + 1, parameter.size())));
        }
    }
    std::sort(parameters.begin(), parameters.end());
    std::string out;
    for (const auto& [name, value] : parameters) {
        out.append(out.empty() ? "" : "&").append(name).append("=").append(value);
    }
    return out;
}

}  // namespace

CanonicalRequest canonical_request(const SigV4Request& request, std::string_view date, std::string_view session_token) {
    const std::string body_hash = hex_of(request.body_hash);
    std::vector<std::pair<std::string, std::string>> fields = {
        {"host", trimmed(request.host)}, {"x-amz-content-sha256", body_hash}, {"x-amz-date", std::string(date)}};
    if (!session_token.empty()) {
        fields.emplace_back("x-amz-security-token", trimmed(session_token));
    }
    for (const HttpField& field : request.fields) {
        fields.emplace_back(lower(field.name), trimmed(field.value));
    }
    std::sort(fields.begin(), fields.end());

    CanonicalRequest canonical;
    canonical.text.append(request.method).append("\n");
    append_percent_encoded(canonical.text, request.path, "/");
    canonical.text.append("\n").append(canonical_query(request.query)).append("\n");
    for (const auto& [name, value] : fields) {
        canonical.text.append(name).append(":").append(value).append("\n");
        canonical.signed_names.append(canonical.signed_names.empty() ? "" : ";").append(name);
    }
    canonical.text.append("\n").append(canonical.signed_names).append("\n").append(body_hash);
    return canonical;
}

}  // namespace tierway::wire
