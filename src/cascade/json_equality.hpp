#pragma once

#include <cstddef>
#include <cstdint>

#include "cascade/work_budget.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::cascade {

/// Nesting beyond which neither schemas nor values are followed.
inline constexpr std::size_t kNestingMax = 64;

/// Equality of JSON values as JSON Schema defines it (draft 2020-12 core, section 4.2.2): numbers by mathematical value (1 equals
/// 1.0; exact for integers of 64 bits, else as doubles), strings by their unescaped text, objects without regard to order.
/// Of duplicate keys the last counts. The answer means nothing once `budget` is exhausted.
bool json_equal(const wire::JsonValue& a, const wire::JsonValue& b, WorkBudget& budget, std::size_t nesting = 0);

/// Equal values have equal hashes. Not stable between versions. Means nothing once `budget` is exhausted.
std::uint64_t json_hash(const wire::JsonValue& value, WorkBudget& budget, std::size_t nesting = 0);

/// −1, 0 or 1 as `a` is less than, equal to or greater than `b`. REQUIRES: both are numbers.
int compare_numbers(const wire::JsonValue& a, const wire::JsonValue& b) noexcept;

}  // namespace tierway::cascade
