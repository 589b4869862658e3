#include <algorithm>
#include <utility>

#include "store/redis_ledger.hpp"

// What the keeper of a replica asks and tells; openings and settlements are in redis_ledger.cpp.

namespace tierway::store {
namespace {

/// Slices are given up here before the server gives them to others.
constexpr Milliseconds kLeaseMargin{1'000};

}  // namespace

void RedisLedger::greeted(const RedisGreeting& greeting) {
    const std::lock_guard lock(mutex_);
    ++connections_;
    process_ = greeting.process;
    watch_.seen(greeting.identity);
}

void RedisLedger::seen(const RedisGreeting& greeting) {
    const std::lock_guard lock(mutex_);
    process_ = greeting.process;
    watch_.seen(greeting.identity);
}

void RedisLedger::lost() {
    const std::lock_guard lock(mutex_);
    watch_.lost();
}

void RedisLedger::refused() {
    {
        const std::lock_guard lock(mutex_);
        watch_.refused();
    }
    wake_();
}

void RedisLedger::entered(const std::string& identity, const std::string& epoch, Milliseconds age, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    if (epoch != watch_.epoch()) {
        budgets_.begin_epoch();
        attempts_.begin_epoch();
        may_tell_ = true;
    }
    watch_.entered(identity, epoch, age, now);
}

void RedisLedger::stated(const std::string& epoch) {
    const std::lock_guard lock(mutex_);
    watch_.stated(epoch);
}

void RedisLedger::leased(SteadyTime sent, bool intact, std::uint64_t settled_for_others) {
    const std::lock_guard lock(mutex_);
    if (!intact) {
        budgets_.lose_slices();
    }
    slices_until_ = std::max(slices_until_, sent + settings_.lease - std::min(kLeaseMargin, settings_.lease / 4));
    settled_for_others_ += settled_for_others;
}

RedisLedger::Standing RedisLedger::standing(SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    return {.phase = watch_.phase(now),
            .identity = watch_.identity(),
            .epoch = watch_.epoch(),
            .must_enter = watch_.must_enter(),
            .must_state = watch_.must_state()};
}

bool RedisLedger::is_known(const std::string& process) const {
    const std::lock_guard lock(mutex_);
    return process == process_;
}

std::vector<RedisRequests::Recollection> RedisLedger::recollections() const {
    const std::lock_guard lock(mutex_);
    std::vector<RedisRequests::Recollection> all;
    for (auto& [budget, shares] : budgets_.shares()) {
        all.push_back({std::move(budget), std::move(shares)});
    }
    return all;
}

std::vector<RedisRequests::Recollection> RedisLedger::questions(SteadyTime since) const {
    const std::lock_guard lock(mutex_);
    std::vector<RedisRequests::Recollection> all;
    for (AttemptBudget& budget : budgets_.used_since(since)) {
        all.push_back({std::move(budget), {}});
    }
    return all;
}

std::vector<OpenAttempt> RedisLedger::to_tell() {
    const std::lock_guard lock(mutex_);
    if (!may_tell_) {
        return {};
    }
    std::vector<OpenAttempt> attempts = attempts_.to_tell(watch_.rebuilds());
    may_tell_ = !attempts.empty();
    return attempts;
}

unsigned RedisLedger::number_locked(const std::string& epoch) const noexcept {
    return epoch == watch_.epoch() ? watch_.rebuilds() : watch_.rebuilds() - 1;
}

void RedisLedger::told(const std::vector<OpenAttempt>& attempts, const std::string& epoch) {
    const std::lock_guard lock(mutex_);
    for (const OpenAttempt& told : attempts) {
        // One that was settled meanwhile is accounted for by its charge.
        OpenAttempt* attempt = attempts_.find(told.name);
        if (attempt == nullptr) {
            continue;
        }
        if (attempt->leave == Leave::Local) {
            attempt->leave = Leave::Granted;
            budgets_.account(attempt->budgets, attempt->estimate);
        }
        attempt->epoch = number_locked(epoch);
    }
}

RedisLedger::Wishes RedisLedger::wishes(SteadyTime now) {
    const WallTime wall_now = settings_.now();
    const std::lock_guard lock(mutex_);
    return {.wishes = budgets_.wishes(wall_now, now), .generation = budgets_.generation()};
}

RedisLedger::Wishes RedisLedger::slices_held() const {
    const std::lock_guard lock(mutex_);
    return {.wishes = budgets_.held(), .generation = budgets_.generation()};
}

void RedisLedger::hold(const std::vector<ServerBudget>& told, unsigned generation) {
    const std::lock_guard lock(mutex_);
    for (const ServerBudget& budget : told) {
        budgets_.hold(budget.name, budget.slice, generation);
    }
}

std::vector<WaitingCharge> RedisLedger::next_charges(std::size_t most) {
    const std::lock_guard lock(mutex_);
    return attempts_.next(most);
}

void RedisLedger::charged(const std::vector<WaitingCharge>& charges, const std::string& epoch,
                          const std::vector<ServerBudget>& told) {
    const std::lock_guard lock(mutex_);
    for (const WaitingCharge& charge : charges) {
        if (charge.attempt.leave == Leave::Local) {
            budgets_.account(charge.attempt.budgets, charge.attempt.estimate);
        }
    }
    learn_locked(epoch, told);
    attempts_.confirmed(charges.size());
    quiet_.notify_all();
}

void RedisLedger::not_charged(std::vector<WaitingCharge> charges, const std::string& epoch) {
    const std::lock_guard lock(mutex_);
    if (epoch != watch_.epoch()) {
        for (WaitingCharge& charge : charges) {
            charge.certain = true;
        }
    }
    attempts_.put_back(std::move(charges));
}

void RedisLedger::learn(const std::string& epoch, const std::vector<ServerBudget>& told) {
    const std::lock_guard lock(mutex_);
    learn_locked(epoch, told);
}

void RedisLedger::learn_locked(const std::string& epoch, const std::vector<ServerBudget>& told) {
    if (epoch == watch_.epoch()) {
        for (const ServerBudget& budget : told) {
            budgets_.learn(budget);
        }
    }
}

void RedisLedger::forget_old() {
    const WallTime now = settings_.now();
    const std::lock_guard lock(mutex_);
    budgets_.drop_old(now);
}

}  // namespace tierway::store
