#include "dialect/request_errors.hpp"

namespace tierway::dialect {
namespace {

std::string_view noun_of(wire::JsonKind kind) noexcept {
    switch (kind) {
        case wire::JsonKind::Missing:
            return "nothing";
        case wire::JsonKind::Null:
            return "null";
        case wire::JsonKind::False:
        case wire::JsonKind::True:
            return "a boolean";
        case wire::JsonKind::Number:
            return "a number";
        case wire::JsonKind::String:
            return "a string";
        case wire::JsonKind::Array:
            return "an array";
        case wire::JsonKind::Object:
            return "an object";
    }
    return "something else";
}

Error refusal(std::string_view code, std::string_view param, std::string message) {
    return Error::downstream(ErrorKind::InvalidRequest, code, std::move(message)).with_param(std::string(param));
}

std::string quoted(std::string_view param) {
    return std::string("'").append(param).append("'");
}

}  // namespace

Error missing_parameter(std::string_view param, std::string_view expected) {
    return refusal("missing_required_parameter", param,
                   "Missing required parameter: " + quoted(param) + ". Expected " + std::string(expected) + ".");
}

Error invalid_type(std::string_view param, std::string_view expected, const wire::JsonValue& found) {
    return refusal("invalid_type", param,
                   "Invalid type for " + quoted(param) + ": expected " + std::string(expected) + ", but got " +
                       std::string(noun_of(found.kind())) + " instead.");
}

Error invalid_value(std::string_view param, std::string_view rule) {
    return refusal("invalid_value", param, "Invalid value: " + quoted(param) + " " + std::string(rule) + ".");
}

Error unsupported_parameter(std::string_view param, std::string_view why) {
    return refusal("unsupported_parameter", param, "Unsupported parameter: " + quoted(param) + ". " + std::string(why));
}

std::string element_path(std::string_view array, std::size_t index) {
    return std::string(array).append("[").append(std::to_string(index)).append("]");
}

std::string member_path(std::string_view object, std::string_view member) {
    return std::string(object).append(".").append(member);
}

}  // namespace tierway::dialect
