#include "dialect/provider_words.hpp"

#include <array>

namespace tierway::dialect {
namespace {

constexpr std::size_t kMessageBytesMax = 2048;
constexpr std::size_t kNameBytesMax = 128;
constexpr std::size_t kParamBytesMax = 256;
constexpr std::size_t kProblemsMax = 8;

void assign(std::string& out, const wire::JsonValue& value, std::size_t bytes_max) {
    if (out.empty() && value.is_string()) {
        value.append_string(out, bytes_max);
    }
}

/// "body.messages.0.role" from the array of names and positions that FastAPI servers call `loc`.
std::string location_of(const wire::JsonValue& loc) {
    std::string path;
    for (const wire::JsonValue step : loc) {
        if (path.size() > kParamBytesMax) {
            break;
        }
        path += path.empty() ? "" : ".";
        if (step.is_string()) {
            step.append_string(path, kNameBytesMax);
        } else {
            path += step.raw().substr(0, kNameBytesMax);
        }
    }
    return path;
}

/// {"detail":[{"loc":["body","messages"],"msg":"Field required","type":"missing"}]}
void read_problems(const wire::JsonValue& problems, ProviderWords& words) {
    std::size_t count = 0;
    for (const wire::JsonValue problem : problems) {
        if (++count > kProblemsMax || words.message.size() > kMessageBytesMax / 2) {
            break;
        }
        const std::string location = location_of(problem.find("loc"));
        words.param = words.param.empty() ? location : words.param;
        words.message += words.message.empty() ? "" : "; ";
        words.message += location.empty() ? "" : location + ": ";
        problem.find("msg").append_string(words.message, kMessageBytesMax / 4);
    }
}

void read_detail(const wire::JsonValue& detail, ProviderWords& words) {
    if (detail.is_array() && words.message.empty()) {
        read_problems(detail, words);
    } else if (detail.is_object()) {
        assign(words.message, detail.find("message"), kMessageBytesMax);
    } else {
        assign(words.message, detail, kMessageBytesMax);
    }
}

/// Google's details of an error: the first reason is more telling than the status, which may blame the request for a wrong key.
void read_reason(const wire::JsonValue& details, ProviderWords& words) {
    std::size_t count = 0;
    for (const wire::JsonValue detail : details) {
        if (++count > kProblemsMax) {
            break;
        }
        assign(words.code, detail.find("reason"), kNameBytesMax);
    }
}

/// The members that the inner object and the flat form have in common.
void read_members(const wire::JsonValue& object, ProviderWords& words) {
    const wire::JsonValue message = object.find("message");
    assign(words.message, message, kMessageBytesMax);
    read_detail(message.find("detail"), words);
    read_detail(object.find("detail"), words);
    const wire::JsonValue code = object.find("code");
    assign(words.code, code, kNameBytesMax);
    assign(words.code, object.find("innererror").find("code"), kNameBytesMax);
    read_reason(object.find("details"), words);
    const std::optional<std::int64_t> number = code.integer();
    if (number && *number > 0 && *number < 1000 && words.code_number == 0) {
        words.code_number = static_cast<unsigned>(*number);
    }
    assign(words.type, object.find("type"), kNameBytesMax);
    assign(words.type, object.find("status"), kNameBytesMax);
    if (const wire::JsonValue exception = object.find("__type"); exception.is_string() && words.type.empty()) {
        assign(words.type, exception, kNameBytesMax);
        words.type = exception_name(words.type);
    }
    assign(words.param, object.find("param"), kParamBytesMax);
    words.flagged = words.flagged || object.find("metadata").find("flagged_input").is_string();
}

}  // namespace

ProviderWords read_provider_words(const wire::JsonValue& body) {
    const wire::JsonValue object = body.is_array() ? body.at(0) : body;
    ProviderWords words;
    if (!object.is_object()) {
        return words;
    }
    const wire::JsonValue error = object.find("error");
    if (error.is_object()) {
        read_members(error, words);
    } else {
        assign(words.message, error, kMessageBytesMax);
    }
    read_members(object, words);
    return words;
}

std::string exception_name(std::string_view told) {
    told = told.substr(0, told.find(':'));
    told.remove_prefix(told.find('#') == std::string_view::npos ? 0 : told.find('#') + 1);
    std::string name(told.substr(0, kNameBytesMax));
    if (!name.empty() && name.front() >= 'a' && name.front() <= 'z') {
        name.front() = static_cast<char>(name.front() - 'a' + 'A');
    }
    return name;
}

bool says_error(const wire::JsonValue& error) noexcept {
    return (error.is_object() && error.begin() != error.end()) || (error.is_string() && !error.string_is(""));
}

bool holds_error(const wire::JsonValue& answer) noexcept {
    return says_error(answer.find("error")) || answer.find("object").string_is("error");
}

std::string plain_text(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n' || c == '\r' || c == '\t') {
            plain += ' ';
        } else if (byte >= 0x20 && byte != 0x7F) {
            plain += c;
        }
    }
    return plain;
}

std::string detail_for_log(unsigned status, const ProviderWords& words) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string detail = "status " + std::to_string(status);
    const std::array<std::pair<std::string_view, const std::string&>, 3> texts = {
        {{", code ", words.code}, {", type ", words.type}, {": ", words.message}}};
    for (const auto& [label, text] : texts) {
        if (text.empty()) {
            continue;
        }
        detail += label;
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte < 0x20 || byte == 0x7F) {
                detail += "\\x";
                detail += kHex[byte >> 4U];
                detail += kHex[byte & 0xFU];
            } else {
                detail += c;
            }
        }
    }
    return detail;
}

}  // namespace tierway::dialect
