#include "dialect/member_edit.hpp"

namespace tierway::dialect {

void write_member(const wire::JsonValue& object, std::string_view member, wire::Edits& edits) {
    const std::size_t name_end = member.find('"', 1);
    const wire::JsonValue present = object.find(member.substr(1, name_end - 1));
    if (present.exists()) {
        edits.replace(present.range(), member.substr(name_end + 2));
    } else {
        edits.append_member(object, member);
    }
}

}  // namespace tierway::dialect
