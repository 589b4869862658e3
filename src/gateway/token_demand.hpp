#pragma once

#include <cstdint>

#include "gateway/outcome.hpp"
#include "tierway/base/rate_limits.hpp"
#include "tierway/decision/plan.hpp"
#include "tierway/ledger/bill.hpp"

namespace tierway::gateway {

/// What one attempt may use, in tokens, before anybody knows: the prompt as the route's first model is expected to count it, and for
/// each choice the longest answer that request or class allow, or a usual one when neither bounds it. Pure.
/// REQUIRES: a plan with a route.
TokenDemand token_demand(const config::Snapshot& snapshot, decision::Plan& plan);

struct TokensUsed {
    std::int64_t tokens = 0;
    bool known = true;  ///< Else it is the least that they can be.
};
/// What an attempt used. Pure.
TokensUsed tokens_used(const ledger::Charge& charge) noexcept;
/// What all attempts of a request used. Pure.
TokensUsed tokens_used(const Outcome& outcome) noexcept;

}  // namespace tierway::gateway
