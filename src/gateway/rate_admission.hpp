#pragma once

#include <cstdint>
#include <string_view>

#include "gateway/request_context.hpp"
#include "tierway/base/error.hpp"
#include "tierway/base/rate_limits.hpp"
#include "tierway/ledger/bill.hpp"
#include "tierway/net/header_block.hpp"

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

/// Asks the rate limits of the request's key, once, before anything is sent. What is taken is held by the context: its place to
/// the end of the request, however that comes.
/// Errors: RequestRateExceeded or TokenRateExceeded, "rate_limit_exceeded", with the time to wait in the outcome;
/// TokenRateExceeded "request_exceeds_rate_limit" when the request is larger than what may ever pass at once.
Result<void> admit_by_rate(RequestContext& context);
/// Tells the limits what the request's tokens came to, over all its attempts.
void settle_rate(RequestContext& context, SteadyTime now);
/// Adds `x-ratelimit-…`, as OpenAI names them, with what the limits of the request's key allow now.
void add_rate_limits(RequestContext& context, net::HeaderBlock& headers);

/// Why a model was passed over: "requests_limit" …
std::string_view reason_of(RateLimitKind limit) noexcept;

}  // namespace tierway::gateway
