#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "tierway/dialect/chat_answer.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// What a dialect calls a reason for which an answer ended. Without a reason of ours it is no end but a failure.
struct NamedReason {
    std::string_view name;
    std::optional<FinishReason> reason;
};

/// The meaning of a name. Missing, null and "" are None; a name that the table does not hold is Other.
inline std::optional<FinishReason> reason_named(std::span<const NamedReason> table, const wire::JsonValue& name) noexcept {
    if (!name.is_string() || name.string_is("")) {
        return FinishReason::None;
    }
    for (const NamedReason& named : table) {
        if (name.string_is(named.name)) {
            return named.reason;
        }
    }
    return FinishReason::Other;
}

}  // namespace tierway::dialect
