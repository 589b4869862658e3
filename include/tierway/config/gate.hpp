#pragma once

#include <cstdint>
#include <optional>

#include "tierway/base/effort.hpp"
#include "tierway/base/usd.hpp"

namespace tierway::config {

/// What becomes of a request that may cost more than its limit.
enum class GateAction : std::uint8_t {
    Acknowledge,  ///< It is refused until its caller says how much it accepts to pay.
    Reject,       ///< It is refused, whatever its caller accepts.
    Downgrade,    ///< It goes to the dearest tier that the limit pays for, and is refused when there is none.
};

/// What one request may cost in all.
struct Gate {
    Usd usd_per_request;  ///< Unless its class states another limit.
    GateAction action = GateAction::Acknowledge;
};

/// What a request may ask for at most; more is refused before anybody is asked (RELIABILITY.md section 7, "denial of wallet").
struct RequestCaps {
    std::int64_t choices_max = 16;  ///< `n`: each of them is paid for.
    /// Of one choice. Also written into requests that state no limit of their own, so that their estimate is a bound.
    std::optional<std::int64_t> output_tokens_max;
    std::optional<std::int64_t> prompt_tokens_max;  ///< Estimated by `dialect::estimate_tokens`, the same for every model.
    std::optional<std::int64_t> images_max;
    std::optional<std::int64_t> tools_max;
};

/// How much the models that answer a class are to think, where the request does not say so itself.
struct ThinkingOrder {
    std::optional<Effort> effort;               ///< For models that are told by a word.
    std::optional<std::int64_t> budget_tokens;  ///< For models that are told by a number; 0: not at all.
    bool forced = false;                        ///< Whatever the request says.

    [[nodiscard]] bool empty() const noexcept { return !effort && !budget_tokens; }
};

}  // namespace tierway::config
