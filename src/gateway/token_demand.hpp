#pragma once

#include <cstdint>

#include "gateway/outcome.hpp"
#include "tierway/base/rate_limits.hpp"
#include "tierway/gateway/plan.hpp"
#include "tierway/ledger/bill.hpp"

namespace tierway::gateway {

/// What one attempt may use, in tokens, before anybody knows: the estimated prompt, and for each choice the longest answer that the
/// request allows, or a usual one when it states none. Pure.
TokenDemand token_demand(const Plan& plan) noexcept;

struct TokensUsed {
    std::int64_t tokens = 0;
    bool known = true;  ///< Else it is the least that they can be.
};
/// What an attempt used. Pure.
TokensUsed tokens_used(const ledger::Charge& charge) noexcept;
/// What all attempts of a request used. Pure.
TokensUsed tokens_used(const Outcome& outcome) noexcept;

}  // namespace tierway::gateway
