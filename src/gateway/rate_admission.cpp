#include "gateway/rate_admission.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "tierway/base/duration_text.hpp"
#include "tierway/net/handoff.hpp"

namespace tierway::gateway {
namespace {

using ledger::SharedRateAnswer;

constexpr std::string_view kExceeded = "rate_limit_exceeded";

SteadyTime now() {
    return std::chrono::steady_clock::now();
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

}  // namespace

RateAdmission::~RateAdmission() {
    if (claim_) {
        shared_->end(*claim_, claim_is_sure_ ? difference_ : std::max<std::int64_t>(difference_, 0));
    }
}

net::Task<Result<void>> RateAdmission::ask(ledger::RateBoard& board, Request request) {
    const policy::Principal& principal = request.principal;
    const SteadyTime asked_at = now();
    ledger::RateAnswer own = board.take(principal, request.tokens, asked_at);
    if (!own.verdict.granted()) {
        const auto wait = own.verdict.never() ? std::nullopt : std::optional<Nanoseconds>(own.verdict.passes_at - asked_at);
        co_return refuse(principal, *own.verdict.refused_by, wait, own.levels, request.tokens);
    }
    hold_ = std::move(own.hold);
    if (shared_ == nullptr) {
        co_return Result<void>();
    }
    claim_ = {std::string(request.id), principal.id, principal.limits, hold_.tokens()};
    const std::optional<SharedRateAnswer> answer = co_await ask_shared(request.wait_max);
    if (!answer) {
        // It may be counted yet.
        co_return Result<void>();
    }
    claim_is_sure_ = answer->kind == SharedRateAnswer::Kind::Granted;
    if (answer->kind != SharedRateAnswer::Kind::Unavailable) {
        shared_levels_ = answer->levels;
    }
    if (answer->kind == SharedRateAnswer::Kind::Refused) {
        claim_.reset();
        hold_.withdraw(now());
        co_return refuse(principal, answer->refused_by.value_or(RateLimitKind::Requests), answer->wait, answer->levels,
                         request.tokens);
    }
    co_return Result<void>();
}

net::Task<std::optional<SharedRateAnswer>> RateAdmission::ask_shared(Milliseconds wait_max) {
    const auto handoff = std::make_shared<net::Handoff<SharedRateAnswer>>(worker_);
    shared_->ask(*claim_, [handoff](const SharedRateAnswer& answer) { handoff->give(answer); });
    auto answer = co_await handoff->take(wait_max);
    co_return answer;
}

Error RateAdmission::refuse(const policy::Principal& principal, RateLimitKind limit, std::optional<Nanoseconds> wait,
                            const RateLevels& levels, const TokenDemand& tokens) {
    refused_by_ = limit;
    const RateLimits& limits = principal.limits;
    const std::string key = "The key `" + principal.id + "`";
    const RateLimit of_tokens = limits.tokens.value_or(RateLimit{});
    if (!wait) {
        return too_large(key, of_tokens, tokens.of(of_tokens)).with_detail(std::string(name_of(limit)));
    }
    wait_ = std::chrono::ceil<Milliseconds>(*wait);
    std::string message = "Rate limit reached. " + key + " may ";
    switch (limit) {
        case RateLimitKind::Concurrent:
            message += "have " + std::to_string(limits.concurrent.value_or(0)) + " requests under way at once.";
            break;
        case RateLimitKind::Requests:
            message += "send " + allowed(limits.requests.value_or(RateLimit{}), "requests") + ".";
            break;
        case RateLimitKind::Tokens:
            message += "use " + allowed(of_tokens, "tokens") + ": " + std::to_string(levels.tokens ? levels.tokens->remaining : 0) +
                       " are left now, and this request may take " + std::to_string(tokens.of(of_tokens)) + ".";
            break;
    }
    // Agents look for these words and the unit right behind the number (WIRE.md section 6).
    message += " Please try again in " + duration_text(*wait_) + ".";
    const ErrorKind kind = limit == RateLimitKind::Tokens ? ErrorKind::TokenRateExceeded : ErrorKind::RequestRateExceeded;
    return Error::downstream(kind, kExceeded, std::move(message)).with_detail(std::string(name_of(limit)));
}

void RateAdmission::settle(std::int64_t tokens, bool known, SteadyTime now) {
    const std::int64_t claimed = hold_.tokens();
    hold_.settle(tokens, known, now);
    difference_ += hold_.tokens() - claimed;
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
