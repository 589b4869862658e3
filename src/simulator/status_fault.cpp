#include "simulator/status_fault.hpp"

#include "tierway/base/json_text.hpp"

namespace tierway::simulator {
namespace {

struct Wording {
    std::string_view type;
    std::string_view code;  ///< Empty: null.
};

Wording wording_of(unsigned status) {
    switch (status) {
        case 401:
            return {"invalid_request_error", "invalid_api_key"};
        case 403:
            return {"permission_error", ""};
        case 404:
            return {"invalid_request_error", "model_not_found"};
        case 429:
            return {"requests", "rate_limit_exceeded"};
        case 503:
            return {"service_unavailable_error", "server_is_overloaded"};
        default:
            return status >= 500 ? Wording{"server_error", ""} : Wording{"invalid_request_error", ""};
    }
}

std::string envelope(std::string_view message, Wording wording, std::string_view code) {
    if (code == "insufficient_quota") {
        wording.type = "insufficient_quota";
    }
    wording.code = code.empty() ? wording.code : code;
    std::string body = R"({"error":{"message":)";
    append_json_string(body, message);
    body += R"(,"type":)";
    append_json_string(body, wording.type);
    body += R"(,"param":null,"code":)";
    if (wording.code.empty()) {
        body += "null";
    } else {
        append_json_string(body, wording.code);
    }
    return body + "}}";
}

}  // namespace

std::string refusal_body(unsigned status, std::string_view code) {
    return envelope("Simulated fault: the request asked to be answered with status " + std::to_string(status) + ".",
                    wording_of(status), code);
}

std::string inner_error_body(std::string_view code) {
    return envelope("Simulated fault: the server had an error while processing the request.", wording_of(500), code);
}

}  // namespace tierway::simulator
