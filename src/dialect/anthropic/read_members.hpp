#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dialect/anthropic/member_path.hpp"
#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::anthropic {

/// A member that has to be a string.
Result<std::string> read_string(const wire::JsonValue& object, std::string_view member, const MemberPath& path);
/// Likewise, and not empty.
Result<std::string> read_name(const wire::JsonValue& object, std::string_view member, const MemberPath& path);
/// A string that may be missing or null; then it is empty.
Result<std::string> read_optional_string(const wire::JsonValue& object, std::string_view member, const MemberPath& path);
Result<std::optional<bool>> read_optional_boolean(const wire::JsonValue& object, std::string_view member, const MemberPath& path);
/// Whether the value is there and says something.
inline bool is_stated(const wire::JsonValue& value) noexcept {
    return value.exists() && !value.is_null();
}

/// The mark behind what is worth caching; empty when there is none.
JsonText cache_mark_of(const wire::JsonValue& block);

/// Notes the member that only the vendor's own models can serve; the first one is told.
void note_native(Conversation& conversation, const MemberPath& path);

}  // namespace tierway::dialect::anthropic
