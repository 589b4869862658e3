#include "gateway/attempt_ledger.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "tierway/base/time_text.hpp"

namespace tierway::gateway {
namespace {

using ledger::OpeningResult;

constexpr std::string_view kNeverSent = "never_sent";

bool needs_leave(const ledger::AttemptOpening& opening) {
    return std::any_of(opening.budgets.begin(), opening.budgets.end(),
                       [](const ledger::BudgetClaim& claim) { return claim.hard; });
}

ledger::AttemptSettlement ended_unknown(std::string attempt, Usd cost, std::string_view outcome) {
    ledger::AttemptSettlement settlement;
    settlement.attempt = std::move(attempt);
    settlement.purpose = ledger::Purpose::Failed;
    settlement.source = cost == Usd{} ? ledger::UsageSource::None : ledger::UsageSource::Counted;
    settlement.cost = cost;
    settlement.outcome = outcome;
    return settlement;
}

}  // namespace

/// What the store's thread and the worker share while an answer is awaited.
struct AttemptLedger::Waiting {
    explicit Waiting(net::Worker& worker) : timer(worker.context()) {}

    std::mutex mutex;
    std::optional<OpeningResult> result;
    bool awaited = false;
    bool given_up = false;
    net::Timer timer;  ///< The worker's own.
};

AttemptLedger::~AttemptLedger() {
    if (open_.empty()) {
        return;
    }
    std::vector<ledger::AttemptSettlement> settlements;
    for (Open& left_open : open_) {
        settlements.push_back(ended_unknown(std::move(left_open.attempt), left_open.estimate, "abandoned"));
    }
    store_->settle(std::move(settlements));
}

net::Task<Result<void>> AttemptLedger::open(ledger::AttemptOpening opening, Milliseconds wait_max) {
    const std::string attempt = opening.attempt;
    const Usd estimate = opening.estimate;
    if (!needs_leave(opening)) {
        open_.push_back({attempt, estimate});
        store_->open(std::move(opening), [](const OpeningResult&) {});
        co_return Result<void>();
    }
    const std::vector<ledger::BudgetClaim> budgets = opening.budgets;
    const std::optional<OpeningResult> result = co_await ask(std::move(opening), wait_max);
    if (!result || result->kind == OpeningResult::Kind::Unavailable) {
        co_return Error(ErrorKind::Overloaded, ErrorSource::Internal, "ledger_unavailable",
                        "The gateway cannot reach its record of spending, and does not spend what it cannot count. Send the "
                        "request again later.");
    }
    if (result->kind == OpeningResult::Kind::OverBudget) {
        co_return refuse(budgets[result->budget], result->left[result->budget], estimate);
    }
    open_.push_back({attempt, estimate});
    left_.reset();
    for (std::size_t i = 0; i < budgets.size(); ++i) {
        if (budgets[i].hard) {
            left_ = left_ ? std::min(*left_, result->left[i]) : result->left[i];
        }
    }
    co_return Result<void>();
}

net::Task<std::optional<OpeningResult>> AttemptLedger::ask(ledger::AttemptOpening opening, Milliseconds wait_max) {
    const auto waiting = std::make_shared<Waiting>(worker_);
    const auto opened = [waiting, store = store_, &worker = worker_, attempt = opening.attempt](const OpeningResult& result) {
        const std::lock_guard lock(waiting->mutex);
        waiting->result = result;
        if (waiting->given_up && result.kind == OpeningResult::Kind::Granted) {
            store->settle({ended_unknown(attempt, Usd{}, kNeverSent)});
        } else if (waiting->awaited) {
            worker.post([waiting] { waiting->timer.cancel(); });
        }
    };
    store_->open(std::move(opening), opened);
    bool must_wait = false;
    {
        const std::lock_guard lock(waiting->mutex);
        must_wait = waiting->awaited = !waiting->result;
    }
    if (must_wait) {
        waiting->timer.expires_after(wait_max);
        co_await waiting->timer.async_wait(net::kAwait);
    }
    const std::lock_guard lock(waiting->mutex);
    waiting->given_up = !waiting->result;
    co_return waiting->result;
}

Error AttemptLedger::refuse(const ledger::BudgetClaim& budget, Usd left, Usd estimate) {
    const std::string what = "The budget `" + budget.scope + "` of " + budget.limit.to_string() + " USD ";
    const std::string cost = "this request may cost up to " + estimate.to_string() + " USD";
    if (estimate > budget.limit) {
        return Error::downstream(
            ErrorKind::BudgetExceeded, "request_exceeds_budget",
            what + "can never pay for it: " + cost + ". Ask for fewer output tokens, or for a cheaper model.");
    }
    resets_at_ = budget.span.end;
    return Error::downstream(ErrorKind::BudgetExceeded, "budget_exceeded",
                             what + "has " + std::max(left, Usd{}).to_string() + " USD left, and " + cost +
                                 ". It begins anew at " + rfc3339(budget.span.end) + ".");
}

void AttemptLedger::release_newest() {
    store_->settle({ended_unknown(std::move(open_.back().attempt), Usd{}, kNeverSent)});
    open_.pop_back();
}

void AttemptLedger::settle(std::vector<ledger::AttemptSettlement> settlements) {
    for (const ledger::AttemptSettlement& settlement : settlements) {
        std::erase_if(open_, [&](const Open& open) { return open.attempt == settlement.attempt; });
    }
    if (!settlements.empty()) {
        store_->settle(std::move(settlements));
    }
}

}  // namespace tierway::gateway
