#include "dialect/anthropic/read_members.hpp"

#include "dialect/request_errors.hpp"

namespace tierway::dialect::anthropic {

Result<std::string> read_string(const wire::JsonValue& object, std::string_view member, const MemberPath& path) {
    const wire::JsonValue value = object.find(member);
    if (value.is_string()) {
        return value.to_string();
    }
    const std::string param = MemberPath(path, member).text();
    return value.exists() ? invalid_type(param, "a string", value) : missing_parameter(param, "a string");
}

Result<std::string> read_name(const wire::JsonValue& object, std::string_view member, const MemberPath& path) {
    Result<std::string> name = read_string(object, member, path);
    if (name && name->empty()) {
        return invalid_value(MemberPath(path, member).text(), "must not be empty");
    }
    return name;
}

Result<std::string> read_optional_string(const wire::JsonValue& object, std::string_view member, const MemberPath& path) {
    return is_stated(object.find(member)) ? read_string(object, member, path) : std::string();
}

Result<std::optional<bool>> read_optional_boolean(const wire::JsonValue& object, std::string_view member, const MemberPath& path) {
    const wire::JsonValue value = object.find(member);
    if (is_stated(value) && !value.boolean()) {
        return invalid_type(MemberPath(path, member).text(), "a boolean", value);
    }
    return value.boolean();
}

JsonText cache_mark_of(const wire::JsonValue& block) {
    const wire::JsonValue mark = block.find("cache_control");
    return mark.is_object() ? JsonText(mark.raw()) : JsonText();
}

void note_native(Conversation& conversation, const MemberPath& path) {
    if (conversation.only_native.empty()) {
        conversation.only_native = path.text();
    }
}

}  // namespace tierway::dialect::anthropic
