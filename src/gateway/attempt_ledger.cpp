#include "gateway/attempt_ledger.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "tierway/base/time_text.hpp"
#include "tierway/net/handoff.hpp"

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
    settlement.source = cost == Usd{} ? ledger::UsageSource::None : ledger::UsageSource::Estimated;
    settlement.cost = cost;
    settlement.outcome = outcome;
    return settlement;
}

}  // namespace

AttemptLedger::~AttemptLedger() {
    if (open_.empty()) {
        return;
    }
    std::vector<ledger::AttemptSettlement> settlements;
    for (Open& left_open : open_) {
        settlements.push_back(ended_unknown(std::move(left_open.attempt), left_open.estimate, "abandoned"));
        settlements.back().late = std::move(left_open.late);
    }
    store_->settle(std::move(settlements));
}

net::Task<Result<void>> AttemptLedger::open(ledger::AttemptOpening opening, Milliseconds wait_max) {
    const std::string attempt = opening.attempt;
    const Usd estimate = opening.estimate;
    if (!needs_leave(opening)) {
        open_.push_back({attempt, estimate, opening});
        store_->open(std::move(opening), [](const OpeningResult&) {});
        co_return Result<void>();
    }
    const std::vector<ledger::BudgetClaim> budgets = opening.budgets;
    // Until there is leave nothing is sent, so if the worker ends meanwhile it is charged nothing.
    open_.push_back({attempt, Usd{}, std::nullopt});
    const std::optional<OpeningResult> result = co_await ask(std::move(opening), wait_max);
    if (result && result->kind == OpeningResult::Kind::Granted) {
        open_.back().estimate = estimate;
    } else {
        open_.pop_back();
    }
    if (!result || result->kind == OpeningResult::Kind::Unavailable) {
        co_return Error(ErrorKind::Overloaded, ErrorSource::Internal, "ledger_unavailable",
                        "The gateway cannot reach its record of spending, and does not spend what it cannot count. Send the "
                        "request again later.");
    }
    if (result->kind == OpeningResult::Kind::OverBudget) {
        co_return refuse(budgets[result->budget], result->left[result->budget], estimate);
    }
    left_.reset();
    for (std::size_t i = 0; i < budgets.size(); ++i) {
        if (budgets[i].hard) {
            left_ = left_ ? std::min(*left_, result->left[i]) : result->left[i];
        }
    }
    co_return Result<void>();
}

net::Task<std::optional<OpeningResult>> AttemptLedger::ask(ledger::AttemptOpening opening, Milliseconds wait_max) {
    const auto handoff = std::make_shared<net::Handoff<OpeningResult>>(worker_);
    const auto opened = [handoff, store = store_, attempt = opening.attempt](const OpeningResult& result) {
        if (!handoff->give(result) && result.kind == OpeningResult::Kind::Granted) {
            store->settle({ended_unknown(attempt, Usd{}, kNeverSent)});
        }
    };
    store_->open(std::move(opening), opened);
    auto result = co_await handoff->take(wait_max);
    co_return result;
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
    settle({ended_unknown(open_.back().attempt, Usd{}, kNeverSent)});
}

void AttemptLedger::take_over(AttemptLedger& other) {
    for (Open& open : other.open_) {
        open_.push_back(std::move(open));
    }
    other.open_.clear();
}

void AttemptLedger::settle(std::vector<ledger::AttemptSettlement> settlements) {
    for (ledger::AttemptSettlement& settlement : settlements) {
        const auto found =
            std::find_if(open_.begin(), open_.end(), [&](const Open& open) { return open.attempt == settlement.attempt; });
        if (found != open_.end()) {
            settlement.late = std::move(found->late);
            open_.erase(found);
        }
    }
    if (!settlements.empty()) {
        store_->settle(std::move(settlements));
    }
}

}  // namespace tierway::gateway
