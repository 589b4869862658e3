#include "store/redis_ledger.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "tierway/ledger/budget_counter.hpp"
#include "tierway/telemetry/log.hpp"

namespace tierway::store {
namespace {

using ledger::OpeningResult;

std::string drawn_name() {
    constexpr char kDigits[] = "0123456789abcdef";
    std::random_device entropy;
    std::string name;
    for (int i = 0; i < 16; ++i) {
        name += kDigits[entropy() % 16];
    }
    return name;
}

RedisRequests requests_for(const RedisStoreSettings& settings) {
    std::string instance = drawn_name();
    std::string record = settings.record.empty() ? instance : settings.record;
    return {settings.key_prefix, std::move(instance), std::move(record)};
}

void log_dropped(const std::vector<WaitingCharge>& dropped) {
    for (const WaitingCharge& charge : dropped) {
        telemetry::log_error("Redis is away for too long and the settlement of attempt " + charge.attempt.name + " (" +
                             charge.cost.to_string() + " USD) is dropped; it will be charged with its estimate.");
    }
}

}  // namespace

RedisLedger::RedisLedger(RedisStoreSettings settings, std::function<void()> wake)
    : settings_(std::move(settings)),
      requests_(requests_for(settings_)),
      wake_(std::move(wake)),
      watch_(settings_.rebuild),
      budgets_(requests_.record(), settings_.slice),
      attempts_(settings_.settlements_max) {
    for (const ledger::BudgetState& spent : settings_.own_spending) {
        budgets_.learn_own(spent.scope, spent.span, spent.settled);
    }
}

std::optional<OpeningResult> RedisLedger::answer_at_once(const ledger::AttemptOpening& opening) const {
    if (!opening.budgets.empty()) {
        return std::nullopt;
    }
    return OpeningResult{
        .kind = closed_ ? OpeningResult::Kind::Unavailable : OpeningResult::Kind::Granted, .budget = 0, .left = {}};
}

std::optional<RedisLedger::Asking> RedisLedger::begin(ledger::AttemptOpening opening, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    if (closed_) {
        return std::nullopt;
    }
    ++asking_;
    Asking asking;
    asking.budgets = budgets_.meet(opening, now);
    asking.entered = attempts_.enter({.name = opening.attempt,
                                      .estimate = ledger::not_negative(opening.estimate),
                                      .budgets = asking.budgets,
                                      .leave = Leave::Asked});
    if (watch_.phase(now) == EpochWatch::Phase::Serving) {
        asking.epoch = watch_.epoch();
    }
    asking.opening = std::move(opening);
    return asking;
}

std::optional<OpeningResult> RedisLedger::answer(Asking& asking, const RedisAnswer& given, SteadyTime now) {
    const std::string_view verdict = verdict_of(given);
    const bool judged = verdict == "granted" || verdict == "open" || verdict == "done" || verdict == "over";
    if (!judged) {
        if (verdict == "epoch") {
            refused();
        }
        const bool effect_unknown = given.kind == RedisAnswer::Kind::Unknown || (verdict.empty() && given.is_good());
        return answer_without_server(asking, effect_unknown, now);
    }
    const std::vector<ServerBudget> told = budgets_in(given.reply);
    const std::lock_guard lock(mutex_);
    learn_locked(asking.epoch, told);
    const bool holds_slices =
        std::any_of(told.begin(), told.end(), [](const ServerBudget& budget) { return budget.slice > Usd(); });
    if (verdict == "over" && holds_slices && !asking.uses_slices && budgets_.give_up(asking.budgets)) {
        asking.uses_slices = true;
        return std::nullopt;
    }
    OpeningResult result;
    result.kind = verdict == "over" ? OpeningResult::Kind::OverBudget : OpeningResult::Kind::Granted;
    result.budget = verdict == "over" ? static_cast<std::size_t>(std::max<std::int64_t>(number_at(given.reply, 1), 0)) : 0;
    for (std::size_t i = 0; i < told.size() && i < asking.opening.budgets.size(); ++i) {
        result.left.push_back(asking.opening.budgets[i].limit - told[i].settled - told[i].reserved - told[i].others);
    }
    if (OpenAttempt* attempt = attempts_.find(asking.opening.attempt); attempt != nullptr && asking.entered) {
        if (verdict == "granted" || verdict == "open") {
            attempt->leave = Leave::Granted;
            attempt->epoch = number_locked(asking.epoch);
            // By a server that lost its data since.
            may_tell_ = may_tell_ || asking.epoch != watch_.epoch();
        } else {
            attempts_.take(asking.opening.attempt);
        }
    }
    ended_locked();
    return result;
}

OpeningResult RedisLedger::answer_without_server(const Asking& asking, bool effect_unknown, SteadyTime now) {
    OpeningResult result;
    {
        const std::lock_guard lock(mutex_);
        OpenAttempt* attempt = attempts_.find(asking.opening.attempt);
        const bool hard = std::any_of(asking.budgets.begin(), asking.budgets.end(), [](const auto& each) { return each.hard; });
        const Usd estimate = ledger::not_negative(asking.opening.estimate);
        if (attempt == nullptr || !asking.entered || closed_) {
            // Settled meanwhile, or opened a second time: what is under way stays as it is.
            result = result_locked(asking, !asking.entered && attempt != nullptr && attempt->leave != Leave::Asked
                                               ? OpeningResult::Kind::Granted
                                               : OpeningResult::Kind::Unavailable);
        } else if ((!hard || now < slices_until_) && budgets_.spend(asking.budgets, estimate)) {
            attempt->leave = Leave::Local;
            may_tell_ = true;
            result = result_locked(asking, OpeningResult::Kind::Granted);
        } else {
            attempts_.take(asking.opening.attempt);
            if (effect_unknown) {
                withdraw_locked(asking);
            }
            result = result_locked(asking, OpeningResult::Kind::Unavailable);
        }
        ended_locked();
    }
    wake_();
    return result;
}

OpeningResult RedisLedger::result_locked(const Asking& asking, OpeningResult::Kind kind) const {
    OpeningResult result{.kind = kind, .budget = 0, .left = {}};
    if (kind == OpeningResult::Kind::Granted) {
        for (const ledger::BudgetClaim& claim : asking.opening.budgets) {
            result.left.push_back(claim.limit - budgets_.taken(budget_name(claim.scope, claim.span.begin)));
        }
    }
    return result;
}

void RedisLedger::ended_locked() {
    --asking_;
    quiet_.notify_all();
}

void RedisLedger::withdraw_locked(const Asking& asking) {
    attempts_.add({.attempt = {.name = asking.opening.attempt, .estimate = {}, .budgets = {}, .leave = Leave::Asked},
                   .cost = {},
                   .certain = false});
}

void RedisLedger::settle(std::vector<ledger::AttemptSettlement> settlements) {
    // Of attempts that no budget counts nothing is kept.
    std::erase_if(settlements, [](const ledger::AttemptSettlement& settlement) {
        return settlement.late && settlement.late->budgets.empty();
    });
    if (settlements.empty()) {
        return;
    }
    std::vector<WaitingCharge> dropped;
    bool any = false;
    {
        const std::lock_guard lock(mutex_);
        for (ledger::AttemptSettlement& settlement : settlements) {
            WaitingCharge charge;
            charge.cost = ledger::not_negative(settlement.cost);
            if (std::optional<OpenAttempt> attempt = attempts_.take(settlement.attempt)) {
                // One that the server has not answered yet was sent all the same, when it costs something; and one that it
                // granted in another epoch may not be on its record.
                charge.certain = (attempt->leave == Leave::Asked && charge.cost > Usd()) ||
                                 (attempt->leave == Leave::Granted && attempt->epoch != watch_.rebuilds());
                charge.attempt = *std::move(attempt);
            } else if (settlement.late) {
                charge.attempt = {.name = settlement.attempt,
                                  .estimate = ledger::not_negative(settlement.late->estimate),
                                  .budgets = budgets_.meet(*settlement.late, {}),
                                  .leave = Leave::Asked};
            } else {
                continue;
            }
            if (closed_ || charge.attempt.budgets.empty()) {
                continue;
            }
            any = true;
            for (WaitingCharge& each : attempts_.add(std::move(charge))) {
                dropped.push_back(std::move(each));
            }
        }
    }
    log_dropped(dropped);
    if (any) {
        wake_();
    }
}

std::vector<ledger::BudgetState> RedisLedger::budgets(WallTime now) const {
    const std::lock_guard lock(mutex_);
    return budgets_.states(now);
}

ledger::StoreState RedisLedger::state(SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    ledger::StoreState state;
    state.available = watch_.phase(now) == EpochWatch::Phase::Serving;
    state.settlements_waiting = attempts_.waiting();
    state.settlements_dropped = attempts_.dropped();
    state.crashed = settled_for_others_;
    state.connections = connections_;
    state.rebuilds = watch_.rebuilds();
    state.slices = budgets_.slices_held();
    state.slices_spent = budgets_.slices_spent();
    return state;
}

bool RedisLedger::flush(Milliseconds patience) {
    std::unique_lock lock(mutex_);
    const std::uint64_t dropped = attempts_.dropped();
    return quiet_.wait_for(lock, patience, [this] { return asking_ == 0 && attempts_.waiting() == 0; }) &&
           attempts_.dropped() == dropped;
}

bool RedisLedger::close() {
    const std::lock_guard lock(mutex_);
    return !closed_.exchange(true);
}

}  // namespace tierway::store
