#include "tierway/dialect/error_body.hpp"

#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/anthropic.hpp"

namespace tierway::dialect::anthropic {
namespace {

std::string_view type_of_status(unsigned status) noexcept {
    switch (status) {
        case 401:
            return "authentication_error";
        case 402:
            return "billing_error";
        case 403:
            return "permission_error";
        case 404:
            return "not_found_error";
        case 408:
        case 504:
            return "timeout_error";
        case 409:
            return "conflict_error";
        case 413:
            return "request_too_large";
        case 429:
            return "rate_limit_error";
        case 503:
        case 529:
            return "overloaded_error";
        default:
            return status >= 500 ? "api_error" : "invalid_request_error";
    }
}

/// Money that has run out is no rate, whatever the status says about coming back.
std::string_view type_of(const Error& error) noexcept {
    const bool money = error.kind() == ErrorKind::BudgetExceeded || error.code() == "insufficient_quota";
    return money ? "billing_error" : type_of_status(http_status(error));
}

void write_text_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
    if (text.empty()) {
        json.null(name);
    } else {
        json.text(name, text);
    }
}

}  // namespace

std::string error_body(const Error& error, std::string_view request_id, std::string_view extra) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().text("type", "error").key("error").begin_object();
    json.text("type", type_of(error)).text("message", error.message());
    write_text_or_null(json, "code", error.code());
    write_text_or_null(json, "param", error.param());
    body += extra;
    json.end_object();
    write_text_or_null(json, "request_id", request_id);
    json.end_object();
    return body;
}

std::string error_event(const Error& error, std::string_view request_id, std::string_view extra) {
    return "event: error\ndata: " + error_body(error, request_id, extra) + "\n\n";
}

std::string token_count_body(std::int64_t input_tokens) {
    std::string body;
    JsonWriter(body).begin_object().integer("input_tokens", input_tokens).end_object();
    return body;
}

}  // namespace tierway::dialect::anthropic
