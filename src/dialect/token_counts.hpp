#pragma once

#include <cstdint>
#include <optional>

#include "tierway/dialect/token_usage.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// Reads the counts of one usage object and remembers whether one of them was unusable.
class TokenCounts {
public:
    /// Empty when it is absent or null. Beyond 10^12, below zero or no whole number: unusable.
    std::optional<std::int64_t> read(const wire::JsonValue& value) noexcept;
    /// Likewise, and 0 when it is absent.
    std::int64_t read_or_zero(const wire::JsonValue& value) noexcept { return read(value).value_or(0); }

    [[nodiscard]] bool usable() const noexcept { return usable_; }

private:
    bool usable_ = true;
};

/// The usage with no part larger than its whole.
TokenUsage with_parts_inside(TokenUsage usage) noexcept;

}  // namespace tierway::dialect
