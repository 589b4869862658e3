#include "store/ledger_tables.hpp"

#include <charconv>
#include <utility>

#include "store/unix_milliseconds.hpp"

namespace tierway::store {
namespace {

using ledger::AttemptOpening;
using ledger::AttemptSettlement;
using ledger::BudgetClaim;
using ledger::BudgetCounter;
using ledger::OpeningResult;

constexpr std::string_view kCrashedOutcome = "crashed";

}  // namespace

LedgerTables::LedgerTables(SqliteConnection& connection, std::int64_t instance)
    : connection_(connection),
      instance_(instance),
      budgets_(connection),
      find_attempt_(
          connection,
          "SELECT state, coalesce(source, ''), estimate_nano, coalesce(cost_nano, 0), budgets FROM attempts WHERE attempt = ?"),
      insert_attempt_(connection,
                      "INSERT INTO attempts (attempt, state, instance, opened_ms, principal, team, class, tier, model, prices, "
                      "estimate_nano, budgets) VALUES (?, 'dispatched', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      settle_attempt_(
          connection,
          "UPDATE attempts SET state = 'settled', settled_ms = ?, purpose = ?, source = ?, outcome = ?, prompt_tokens = ?, "
          "completion_tokens = ?, cached_tokens = ?, cache_write_tokens = ?, reasoning_tokens = ?, cost_nano = ?, "
          "baseline_nano = ? WHERE attempt = ?"),
      delete_attempt_(connection, "DELETE FROM attempts WHERE attempt = ?"),
      renew_lease_(connection,
                   "INSERT INTO instances (instance, lease_until_ms) VALUES (?, ?) "
                   "ON CONFLICT (instance) DO UPDATE SET lease_until_ms = excluded.lease_until_ms"),
      release_lease_(connection, "DELETE FROM instances WHERE instance = ?"),
      end_leases_(connection, "DELETE FROM instances WHERE lease_until_ms < ? AND instance <> ?"),
      // Instances whose lease was released or has ended are not in the table.
      find_crashed_(connection,
                    "SELECT attempt, estimate_nano FROM attempts WHERE state = 'dispatched' "
                    "AND instance NOT IN (SELECT instance FROM instances) LIMIT ?") {}

std::vector<BudgetTable::Entry*> LedgerTables::claimed_by(const AttemptOpening& opening) {
    std::vector<BudgetTable::Entry*> entries;
    for (const BudgetClaim& claim : opening.budgets) {
        entries.push_back(&budgets_.claimed(claim));
    }
    return entries;
}

std::optional<LedgerTables::Attempt> LedgerTables::find_attempt(const std::string& attempt) {
    std::optional<Attempt> found;
    if (find_attempt_.start(attempt)) {
        found = Attempt{.state = find_attempt_.text(0),
                        .source = find_attempt_.text(1),
                        .estimate = Usd::from_nano(find_attempt_.integer(2)),
                        .cost = Usd::from_nano(find_attempt_.integer(3)),
                        .budgets = find_attempt_.text(4)};
    }
    find_attempt_.reset();
    return found;
}

OpeningResult LedgerTables::open(const AttemptOpening& opening) {
    const std::vector<BudgetTable::Entry*> budgets = claimed_by(opening);
    std::vector<BudgetCounter> counters;
    for (const BudgetTable::Entry* budget : budgets) {
        counters.push_back(budget->counter());
    }
    if (find_attempt(opening.attempt)) {
        AttemptOpening again = opening;
        again.estimate = Usd();
        return ledger::judge(again, counters);
    }
    OpeningResult result = ledger::judge(opening, counters);
    if (result.kind == OpeningResult::Kind::Granted) {
        reserve(opening, budgets);
    }
    return result;
}

void LedgerTables::reserve(const AttemptOpening& opening, const std::vector<BudgetTable::Entry*>& budgets) {
    const Usd estimate = ledger::not_negative(opening.estimate);
    std::string numbers;
    for (std::size_t i = 0; i < budgets.size(); ++i) {
        if (!ledger::is_repeated(opening, i)) {
            budgets[i]->change().reserve(estimate);
            numbers += std::to_string(budgets_.number_of(*budgets[i])) + ' ';
        }
    }
    insert_attempt_.run(opening.attempt, instance_, unix_milliseconds(opening.at), opening.principal, opening.team,
                        opening.request_class, opening.tier, opening.model, opening.prices, estimate.nano(), numbers);
}

void LedgerTables::settle(const AttemptSettlement& settlement, WallTime now) {
    std::optional<Attempt> attempt = find_attempt(settlement.attempt);
    if (!attempt && settlement.late) {
        AttemptOpening late = *settlement.late;
        late.attempt = settlement.attempt;
        reserve(late, claimed_by(late));
        attempt = find_attempt(settlement.attempt);
    }
    if (!attempt) {
        return;
    }
    const Usd cost = ledger::not_negative(settlement.cost);
    if (attempt->state == "dispatched") {
        change_budgets(attempt->budgets, [&](BudgetCounter& counter) { counter.settle(attempt->estimate, cost); });
    } else if (attempt->source == name_of(ledger::UsageSource::Crash) && settlement.source != ledger::UsageSource::Crash) {
        // Its process was taken for dead and lived after all: what it knows replaces what was assumed.
        change_budgets(attempt->budgets, [&](BudgetCounter& counter) { counter.correct(attempt->cost, cost); });
    } else {
        return;
    }
    write_settlement(settlement, now);
}

template <class Change>
void LedgerTables::change_budgets(std::string_view numbers, const Change& change) {
    while (!numbers.empty()) {
        std::int64_t number = 0;
        const char* end = numbers.data() + numbers.size();
        const auto [stop, error] = std::from_chars(numbers.data(), end, number);
        if (error != std::errc()) {
            return;
        }
        numbers.remove_prefix(std::min(numbers.size(), static_cast<std::size_t>(stop - numbers.data()) + 1));
        // Null when it was dropped, long after its end: there is nothing left to count.
        if (BudgetTable::Entry* budget = budgets_.numbered(number)) {
            change(budget->change());
        }
    }
}

void LedgerTables::write_settlement(const AttemptSettlement& settlement, WallTime now) {
    settle_attempt_.run(unix_milliseconds(now), name_of(settlement.purpose), name_of(settlement.source), settlement.outcome,
                        settlement.usage.prompt, settlement.usage.completion, settlement.usage.cached,
                        settlement.usage.cache_write, settlement.usage.reasoning, ledger::not_negative(settlement.cost).nano(),
                        settlement.baseline.nano(), settlement.attempt);
}

void LedgerTables::withdraw(const std::string& attempt) {
    const std::optional<Attempt> found = find_attempt(attempt);
    if (!found || found->state != "dispatched") {
        return;
    }
    change_budgets(found->budgets, [&](BudgetCounter& counter) { counter.settle(found->estimate, Usd()); });
    delete_attempt_.run(attempt);
}

void LedgerTables::renew_lease(WallTime until) {
    renew_lease_.run(instance_, unix_milliseconds(until));
}

void LedgerTables::release_lease() {
    release_lease_.run(instance_);
}

std::size_t LedgerTables::settle_crashed(WallTime now) {
    end_leases_.run(unix_milliseconds(now), instance_);
    std::vector<AttemptSettlement> crashed;
    for (bool row = find_crashed_.start(static_cast<std::int64_t>(kCrashedPerRound)); row; row = find_crashed_.next()) {
        crashed.push_back({.attempt = find_crashed_.text(0),
                           .purpose = ledger::Purpose::Failed,
                           .source = ledger::UsageSource::Crash,
                           .usage = {},
                           .cost = Usd::from_nano(find_crashed_.integer(1)),
                           .baseline = {},
                           .outcome = std::string(kCrashedOutcome)});
    }
    find_crashed_.reset();
    for (const AttemptSettlement& settlement : crashed) {
        settle(settlement, now);
    }
    return crashed.size();
}

void LedgerTables::drop_budgets_before(WallTime end) {
    budgets_.drop_before(end);
}

}  // namespace tierway::store
