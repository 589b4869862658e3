#include "tierway/upstream/retry_machine.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <utility>

#include "tierway/base/assert.hpp"

namespace tierway::upstream {
namespace {

/// Larger than any window that is known.
constexpr std::int64_t kUnknownWindow = std::numeric_limits<std::int64_t>::max();

Milliseconds backoff_after(unsigned failures, const config::RetryLimits& limits, double jitter) noexcept {
    Milliseconds backoff = limits.backoff_first;
    for (unsigned failure = 1; failure < failures && backoff < limits.backoff_max; ++failure) {
        backoff *= 2;
    }
    backoff = std::min(backoff, limits.backoff_max);
    // Written so that a jitter that is not a number counts as none.
    const double share = jitter > 0.0 ? 0.5 + 0.5 * std::min(jitter, 1.0) : 0.5;
    return Milliseconds{static_cast<Milliseconds::rep>(static_cast<double>(backoff.count()) * share)};
}

// Rounded up: a moment too early would be in vain.
Milliseconds until(SteadyTime time, SteadyTime now) noexcept {
    return std::max(std::chrono::ceil<Milliseconds>(time - now), Milliseconds{0});
}

bool limits_the_pace(const Error& error) noexcept {
    return error.kind() == ErrorKind::UpstreamUnavailable && error.code() == "rate_limit_exceeded";
}

std::string with_wait(std::string message, std::optional<Milliseconds> wait) {
    // Agents look for these words and the unit right behind the number (WIRE.md section 6).
    if (wait) {
        const auto seconds = std::max<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(*wait).count(), 1);
        message += " Please try again in " + std::to_string(seconds) + "s.";
    }
    return message;
}

Error limits_keep_all_away(std::optional<Milliseconds> wait) {
    if (!wait) {
        return Error::downstream(ErrorKind::TokenRateExceeded, "request_exceeds_rate_limit",
                                 "No model of this request's tier may ever be sent so many tokens at once: each one's own limit "
                                 "in this gateway is smaller. Send a shorter prompt or ask for fewer output tokens.");
    }
    return Error::upstream(ErrorKind::UpstreamUnavailable, "rate_limit_exceeded",
                           with_wait("No model of this request's tier can be asked now: each is at its rate limit or rests.", wait))
        .with_status(429)
        .with_retry(Retry::Safe);
}

Error nobody_can_be_asked(std::optional<Milliseconds> wait) {
    std::string message = with_wait(
        "No model of this request's tier can be asked now: each rests after failures or a rate limit.", wait);
    return Error::upstream(ErrorKind::UpstreamUnavailable, "upstream_unavailable", std::move(message))
        .with_status(503)
        .with_retry(Retry::Safe);
}

}  // namespace

RetryMachine::RetryMachine(const config::Snapshot& snapshot, HealthBoard& health, const TokenDemand& tokens)
    : snapshot_(snapshot), health_(health), tokens_(tokens) {}

void RetryMachine::begin_tier(std::span<const config::ModelId> targets) {
    TIERWAY_ASSERT(!permit_);
    tier_.clear();
    limited_.clear();
    for (const config::ModelId model : targets) {
        const auto known =
            std::find_if(targets_.begin(), targets_.end(), [model](const Target& target) { return target.model == model; });
        const auto position = static_cast<std::size_t>(known - targets_.begin());
        if (known == targets_.end()) {
            targets_.push_back(Target{.model = model});
        }
        if (std::find(tier_.begin(), tier_.end(), position) == tier_.end()) {
            tier_.push_back(position);
        }
    }
    current_.reset();
    window_exceeded_ = 0;
    const unsigned allowed = snapshot_.retry.attempts;
    attempts_left_ = allowed > attempts_ ? allowed - attempts_ : 1;
}

Step RetryMachine::next(SteadyTime now) {
    TIERWAY_ASSERT(!permit_);
    if (final_ || attempts_left_ == 0) {
        return {};
    }
    if (const auto step = ask_somebody_new(now)) {
        return *step;
    }
    return ask_somebody_again(now).value_or(Step{});
}

bool RetryMachine::window_suffices(const Target& target) const {
    return window_exceeded_ == 0 || snapshot_.model(target.model).context_tokens > window_exceeded_;
}

std::optional<Step> RetryMachine::ask_somebody_new(SteadyTime now) {
    for (const std::size_t position : tier_) {
        const Target& target = targets_[position];
        if (target.state == State::Untried && window_suffices(target) && try_to_ask(position, AttemptKind::First, now)) {
            return Step{.kind = Step::Kind::Ask, .model = target.model};
        }
    }
    return std::nullopt;
}

std::optional<Step> RetryMachine::ask_somebody_again(SteadyTime now) {
    std::vector<std::size_t> candidates;
    for (const std::size_t position : tier_) {
        if (targets_[position].state == State::MayRetry && window_suffices(targets_[position])) {
            candidates.push_back(position);
        }
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [this](std::size_t a, std::size_t b) { return targets_[a].ready_at < targets_[b].ready_at; });
    for (const std::size_t position : candidates) {
        const Target& target = targets_[position];
        if (target.ready_at > now) {
            if (health_.available_at(target.model, now, tokens_) <= target.ready_at) {
                return Step{.kind = Step::Kind::Wait, .model = target.model, .wait = until(target.ready_at, now)};
            }
        } else if (try_to_ask(position, AttemptKind::Retry, now)) {
            return Step{.kind = Step::Kind::Ask, .model = target.model};
        }
    }
    return std::nullopt;
}

bool RetryMachine::try_to_ask(std::size_t position, AttemptKind kind, SteadyTime now) {
    permit_ = health_.admit(targets_[position].model, kind, now, tokens_);
    if (!permit_) {
        if (const auto limit = permit_.limited_by()) {
            note_limited(targets_[position].model, *limit);
        }
        return false;
    }
    fallbacks_ += current_ && *current_ != position ? 1U : 0U;
    before_ = std::exchange(current_, position);
    ++attempts_;
    --attempts_left_;
    return true;
}

void RetryMachine::declined(SteadyTime now) {
    TIERWAY_ASSERT(static_cast<bool>(permit_));
    permit_.withdraw(now);
    targets_[*current_].state = State::Excluded;
    fallbacks_ -= before_ && *before_ != *current_ ? 1U : 0U;
    current_ = before_;
    --attempts_;
    ++attempts_left_;
}

void RetryMachine::note_limited(config::ModelId model, RateLimitKind limit) {
    const auto same = [model](const LimitedTarget& known) { return known.model == model; };
    if (std::none_of(limited_.begin(), limited_.end(), same)) {
        limited_.push_back({model, limit});
    }
}

void RetryMachine::used(std::int64_t tokens, bool known, SteadyTime now) {
    TIERWAY_ASSERT(static_cast<bool>(permit_));
    permit_.used(tokens, known, now);
}

void RetryMachine::withdrawn(SteadyTime now) {
    TIERWAY_ASSERT(static_cast<bool>(permit_));
    permit_.withdraw(now);
}

void RetryMachine::answering(SteadyTime now) {
    TIERWAY_ASSERT(static_cast<bool>(permit_));
    permit_.answering(now);
}

void RetryMachine::failed(const Error& error, std::optional<Milliseconds> retry_after, SteadyTime now, double jitter) {
    TIERWAY_ASSERT(static_cast<bool>(permit_));
    permit_.settle(evidence_of(error), now, limits_the_pace(error) ? retry_after : std::nullopt);
    if (!first_error_) {
        first_error_ = error;
    }
    note_failure(targets_[*current_], error, retry_after, now, jitter);
}

void RetryMachine::note_failure(Target& target, const Error& error, std::optional<Milliseconds> retry_after, SteadyTime now,
                                double jitter) {
    const config::RetryLimits& limits = snapshot_.retry;
    ++target.failures;
    target.state = State::Excluded;
    target.retry_after_until.reset();
    switch (meaning_of(error)) {
        case FailureMeaning::Final:
            final_ = true;
            break;
        case FailureMeaning::LargerWindow: {
            const std::int64_t window = snapshot_.model(target.model).context_tokens;
            window_exceeded_ = std::max(window_exceeded_, window > 0 ? window : kUnknownWindow);
            break;
        }
        case FailureMeaning::OtherTarget:
            return;
        case FailureMeaning::MayRetry:
            // A provider that says "again at once" while it fails is still given a pause.
            target.ready_at =
                now + std::max(backoff_after(target.failures, limits, jitter), retry_after.value_or(Milliseconds{0}));
            if (retry_after) {
                target.retry_after_until = now + *retry_after;
            }
            target.state = retry_after.value_or(Milliseconds{0}) > limits.retry_after_max ? State::Excluded : State::MayRetry;
            return;
    }
    if (!refusal_) {
        refusal_ = error;
    }
}

void RetryMachine::succeeded(SteadyTime now) {
    TIERWAY_ASSERT(static_cast<bool>(permit_));
    permit_.settle(Evidence::Healthy, now);
    first_error_.reset();
    refusal_.reset();
}

Ending RetryMachine::ending(SteadyTime now) const {
    if (refusal_) {
        return {EndReason::Refused, *refusal_, std::nullopt};
    }
    const std::optional<Milliseconds> wait = shortest_wait(now);
    const EndReason reason = current_ ? EndReason::Exhausted : EndReason::Unavailable;
    if (first_error_) {
        return {reason, *first_error_, wait};
    }
    return {reason, limited_.empty() ? nobody_can_be_asked(wait) : limits_keep_all_away(wait), wait};
}

std::optional<Milliseconds> RetryMachine::shortest_wait(SteadyTime now) const {
    std::optional<Milliseconds> shortest;
    for (const Target& target : targets_) {
        const SteadyTime available = health_.available_at(target.model, now, tokens_);
        const SteadyTime asked_for = target.retry_after_until.value_or(now);
        // Of a target that failed without saying for how long, nothing is known while its breaker is closed.
        const bool known = target.retry_after_until || available > now || target.state == State::Untried;
        if (known && available < SteadyTime::max()) {
            const Milliseconds wait = until(std::max(available, asked_for), now);
            shortest = std::min(wait, shortest.value_or(wait));
        }
    }
    return shortest;
}

}  // namespace tierway::upstream
