#pragma once

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "cascade/work_budget.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::cascade {

/// The regular expressions of one schema, compiled when first used and kept for the check. RE2 runs in time linear in the text
/// whatever the pattern; compilation and memory are bounded and paid from the budget.
class SchemaPatterns {
public:
    /// Whether `pattern` (a JSON string of the schema) matches anywhere in `text`. True when the pattern cannot be asserted: RE2
    /// refuses it (look-around, back references), or the budget does not cover it.
    bool matches(const wire::JsonValue& pattern, std::string_view text, WorkBudget& budget);
    /// As above for a pattern that is a member's key (`patternProperties`); empty when it cannot be asserted.
    std::optional<bool> key_selects(const wire::JsonValue& member, std::string_view text, WorkBudget& budget);

private:
    struct Compiled {
        const char* position;
        std::unique_ptr<RE2> expression;  ///< Null: not assertable.
    };

    const RE2* compiled(const char* position, std::string_view pattern, WorkBudget& budget);

    std::vector<Compiled> compiled_;
};

}  // namespace tierway::cascade
