#include "tierway/upstream/attempt_machine.hpp"

#include <algorithm>

#include "tierway/base/assert.hpp"

namespace tierway::upstream {

AttemptMachine::AttemptMachine(const std::vector<config::ModelId>& targets, RetryLimits limits) : limits_(limits) {
    targets_.reserve(targets.size());
    for (const config::ModelId model : targets) {
        const auto same = [model](const Target& target) { return target.model == model; };
        if (std::none_of(targets_.begin(), targets_.end(), same)) {
            targets_.push_back(Target{.model = model});
        }
    }
}

std::optional<Attempt> AttemptMachine::next(double jitter) {
    TIERWAY_ASSERT(!outstanding_);
    if (final_ || attempts_ >= limits_.attempts_max) {
        return std::nullopt;
    }
    std::optional<std::size_t> best;
    Milliseconds best_wait{0};
    for (std::size_t position = 0; position < targets_.size(); ++position) {
        const Target& target = targets_[position];
        if (target.state == State::Untried) {
            return hand_out(position, Milliseconds{0});
        }
        if (target.state == State::Excluded) {
            continue;
        }
        const Milliseconds wait = wait_for(target, jitter);
        if (!best || wait < best_wait) {
            best = position;
            best_wait = wait;
        }
    }
    if (!best) {
        return std::nullopt;
    }
    return hand_out(*best, best_wait);
}

void AttemptMachine::failed(const Error& error, std::optional<Milliseconds> retry_after) {
    TIERWAY_ASSERT(outstanding_);
    outstanding_ = false;
    Target& target = targets_[current_];
    ++target.failures;
    switch (meaning_of(error)) {
        case FailureMeaning::Final:
        case FailureMeaning::LargerWindow:
            final_ = true;
            return;
        case FailureMeaning::OtherTarget:
            target.state = State::Excluded;
            return;
        case FailureMeaning::MayRetry:
            break;
    }
    target.retry_after = std::max(retry_after.value_or(Milliseconds{0}), Milliseconds{0});
    target.state = target.retry_after > limits_.retry_after_max ? State::Excluded : State::MayRetry;
}

Milliseconds AttemptMachine::wait_for(const Target& target, double jitter) const noexcept {
    Milliseconds backoff = std::min(limits_.backoff_first, limits_.backoff_max);
    for (unsigned failure = 1; failure < target.failures && backoff < limits_.backoff_max; ++failure) {
        backoff = std::min(backoff * 2, limits_.backoff_max);
    }
    // Written so that a jitter that is not a number counts as none.
    const double share = jitter > 0.0 ? 0.5 + 0.5 * std::min(jitter, 1.0) : 0.5;
    const Milliseconds jittered{static_cast<Milliseconds::rep>(static_cast<double>(backoff.count()) * share)};
    // A provider that says "again at once" while it fails is still given a pause.
    return std::max(jittered, target.retry_after);
}

Attempt AttemptMachine::hand_out(std::size_t position, Milliseconds wait) noexcept {
    if (attempts_ > 0 && position != current_) {
        ++fallbacks_;
    }
    current_ = position;
    ++attempts_;
    outstanding_ = true;
    return {targets_[position].model, wait};
}

}  // namespace tierway::upstream
