#include "gateway/rate_admission.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "tierway/base/duration_text.hpp"

namespace tierway::gateway {
namespace {

/// Of an answer whose request does not bound it. Most are shorter; those that are longer are charged once that is known.
constexpr std::int64_t kUsualAnswerTokens = 1'024;

constexpr std::string_view kExceeded = "rate_limit_exceeded";

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

/// Agents look for "Please try again in 1.2s" (WIRE.md section 6).
std::string try_again(Nanoseconds wait) {
    return " Please try again in " + duration_text(wait) + ".";
}

/// "600 requests per minute, 100 of them at once"
std::string allowed(const RateLimit& limit, std::string_view what) {
    std::string text = std::to_string(limit.per_minute) + " " + std::string(what) + " per minute";
    if (limit.burst < limit.per_minute) {
        text += ", " + std::to_string(limit.burst) + " of them at once";
    }
    return text;
}

Error too_large(const std::string& key, const RateLimit& limit, std::int64_t tokens) {
    return Error::downstream(ErrorKind::TokenRateExceeded, "request_exceeds_rate_limit",
                             key + " may use " + allowed(limit, "tokens") + ", and this request alone may take " +
                                 std::to_string(tokens) +
                                 ", so it can never pass. Send a shorter prompt or ask for fewer output tokens (`max_tokens`).");
}

Error refused(const policy::Principal& principal, const ledger::RateAnswer& answer, std::int64_t tokens, Nanoseconds wait) {
    const RateLimits& limits = principal.limits;
    const std::string key = "The key `" + principal.id + "`";
    switch (*answer.verdict.refused_by) {
        case RateLimitKind::Concurrent:
            return Error::downstream(ErrorKind::RequestRateExceeded, kExceeded,
                                     "Rate limit reached. " + key + " may have " + std::to_string(limits.concurrent.value_or(0)) +
                                         " requests under way at once." + try_again(wait));
        case RateLimitKind::Requests:
            return Error::downstream(ErrorKind::RequestRateExceeded, kExceeded,
                                     "Rate limit reached. " + key + " may send " +
                                         allowed(limits.requests.value_or(RateLimit{}), "requests") + "." + try_again(wait));
        case RateLimitKind::Tokens:
            break;
    }
    const RateLimit limit = limits.tokens.value_or(RateLimit{});
    if (answer.verdict.never()) {
        return too_large(key, limit, tokens);
    }
    return Error::downstream(ErrorKind::TokenRateExceeded, kExceeded,
                             "Rate limit reached. " + key + " may use " + allowed(limit, "tokens") + ": " +
                                 std::to_string(answer.levels.tokens ? answer.levels.tokens->remaining : 0) +
                                 " are left now, and this request may take " + std::to_string(tokens) + "." + try_again(wait));
}

}  // namespace

TokenDemand token_demand(const Plan& plan) noexcept {
    const dialect::ChatRequest& request = plan.request;
    const std::int64_t prompt = plan.features.prompt_tokens;
    return request.output_tokens_max ? TokenDemand(prompt + *request.output_tokens_max * request.choices)
                                     : TokenDemand(prompt, kUsualAnswerTokens * request.choices);
}

TokensUsed tokens_used(const ledger::Charge& charge) noexcept {
    return {charge.usage.prompt + charge.usage.completion, charge.source != ledger::UsageSource::Counted};
}

Result<void> admit_by_rate(RequestContext& context) {
    const policy::Principal& principal = *context.plan().principal;
    if (!principal.limits.any()) {
        return {};
    }
    const TokenDemand tokens = token_demand(context.plan());
    const SteadyTime asked_at = now();
    ledger::RateAnswer answer = context.runtime->rates().take(principal, tokens, asked_at);
    if (answer.verdict.granted()) {
        context.rate = std::move(answer.hold);
        return {};
    }
    const Nanoseconds wait = answer.verdict.passes_at - asked_at;
    context.meters.count_rate_limited(*answer.verdict.refused_by);
    if (!answer.verdict.never()) {
        context.outcome.retry_after = std::chrono::ceil<Milliseconds>(wait);
    }
    const std::int64_t asked = principal.limits.tokens ? tokens.of(*principal.limits.tokens) : 0;
    return refused(principal, answer, asked, wait).with_detail(std::string(name_of(*answer.verdict.refused_by)));
}

void settle_rate(RequestContext& context, SteadyTime now) {
    if (!context.rate) {
        return;
    }
    const std::vector<ledger::Charge>& charges = context.outcome.bill.charges();
    std::int64_t tokens = 0;
    // An attempt without a charge ended by a fault of ours: nobody knows what it used.
    bool known = context.outcome.attempts == charges.size();
    for (const ledger::Charge& charge : charges) {
        const TokensUsed used = tokens_used(charge);
        tokens += used.tokens;
        known = known && used.known;
    }
    context.rate.settle(tokens, known, now);
}

void add_rate_limits(RequestContext& context, net::HeaderBlock& headers) {
    const policy::Principal* const principal = context.plan().principal;
    if (principal == nullptr || !principal->limits.any()) {
        return;
    }
    const RateLevels levels = context.runtime->rates().levels(*principal, now());
    if (levels.requests) {
        headers.add("x-ratelimit-limit-requests", levels.requests->limit);
        headers.add("x-ratelimit-remaining-requests", levels.requests->remaining);
        headers.add("x-ratelimit-reset-requests", duration_text(levels.requests->reset));
    }
    if (levels.tokens) {
        headers.add("x-ratelimit-limit-tokens", levels.tokens->limit);
        headers.add("x-ratelimit-remaining-tokens", levels.tokens->remaining);
        headers.add("x-ratelimit-reset-tokens", duration_text(levels.tokens->reset));
    }
}

std::string_view reason_of(RateLimitKind limit) noexcept {
    switch (limit) {
        case RateLimitKind::Requests:
            return "requests_limit";
        case RateLimitKind::Tokens:
            return "tokens_limit";
        case RateLimitKind::Concurrent:
            return "concurrent_limit";
    }
    return "limit";
}

}  // namespace tierway::gateway
