#include "tierway/base/rate_limits.hpp"

#include <algorithm>

namespace tierway {
namespace {

void adopt(std::optional<RateMeter>& meter, const std::optional<RateLimit>& limit, SteadyTime now) noexcept {
    if (!limit) {
        meter.reset();
    } else if (meter) {
        if (!(meter->limit() == *limit)) {
            meter->set_limit(*limit, now);
        }
    } else {
        meter.emplace(*limit);
    }
}

void wait_for(RateVerdict& verdict, RateLimitKind kind, SteadyTime passes_at, SteadyTime now) noexcept {
    if (passes_at > now && (verdict.granted() || passes_at > verdict.passes_at)) {
        verdict = {passes_at, kind};
    }
}

std::optional<RateLevel> level_of(const std::optional<RateMeter>& meter, SteadyTime now) noexcept {
    return meter ? std::optional(meter->level(now)) : std::nullopt;
}

}  // namespace

std::string_view name_of(RateLimitKind kind) noexcept {
    switch (kind) {
        case RateLimitKind::Requests:
            return "requests";
        case RateLimitKind::Tokens:
            return "tokens";
        case RateLimitKind::Concurrent:
            return "concurrent";
    }
    return "unknown";
}

std::int64_t TokenDemand::of(const RateLimit& limit) const noexcept {
    return std::min(stated + guessed, std::max(stated, limit.burst));
}

RateVerdict RateCounters::check(const TokenDemand& tokens, SteadyTime now) const noexcept {
    RateVerdict verdict{now};
    if (concurrent_ && under_way_ >= *concurrent_) {
        wait_for(verdict, RateLimitKind::Concurrent, now + kPlaceWait, now);
    }
    if (requests_) {
        wait_for(verdict, RateLimitKind::Requests, requests_->passes_at(1, now).value_or(SteadyTime::max()), now);
    }
    if (tokens_) {
        wait_for(verdict, RateLimitKind::Tokens, tokens_->passes_at(tokens.of(tokens_->limit()), now).value_or(SteadyTime::max()), now);
    }
    return verdict;
}

std::int64_t RateCounters::take(const TokenDemand& tokens, SteadyTime now) noexcept {
    ++under_way_;
    if (requests_) {
        requests_->take(1, now);
    }
    if (!tokens_) {
        return tokens.stated + tokens.guessed;
    }
    const std::int64_t taken = tokens.of(tokens_->limit());
    tokens_->take(taken, now);
    return taken;
}

void RateCounters::correct_tokens(std::int64_t difference, SteadyTime now) noexcept {
    if (tokens_) {
        tokens_->correct(difference, now);
    }
}

void RateCounters::give_back_request(SteadyTime now) noexcept {
    if (requests_) {
        requests_->correct(-1, now);
    }
}

void RateCounters::set_limits(const RateLimits& limits, SteadyTime now) noexcept {
    adopt(requests_, limits.requests, now);
    adopt(tokens_, limits.tokens, now);
    concurrent_ = limits.concurrent;
}

RateLevels RateCounters::levels(SteadyTime now) const noexcept {
    return {level_of(requests_, now), level_of(tokens_, now)};
}

}  // namespace tierway
