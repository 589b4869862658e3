#include "store/budget_memory.hpp"

#include <algorithm>
#include <utility>

#include "store/unix_milliseconds.hpp"
#include "tierway/ledger/budget_counter.hpp"

namespace tierway::store {
namespace {

// A clock that is set forward and back again must not lose what was spent.
constexpr std::chrono::hours kKeptAfterEnd{24};

Usd part_of(Usd amount, double share) {
    return Usd::from_nano(static_cast<std::int64_t>(static_cast<double>(amount.nano()) * share));
}

}  // namespace

std::string budget_name(std::string_view scope, WallTime begin) {
    std::string name(scope);
    return name.append("|").append(std::to_string(unix_milliseconds(begin)));
}

std::vector<AttemptBudget> BudgetMemory::meet(const ledger::AttemptOpening& opening, SteadyTime now) {
    std::vector<AttemptBudget> met;
    for (std::size_t i = 0; i < opening.budgets.size(); ++i) {
        const ledger::BudgetClaim& claim = opening.budgets[i];
        std::string name = budget_name(claim.scope, claim.span.begin);
        Budget& budget = budgets_[name];
        if (budget.scope.empty()) {
            budget.scope = claim.scope;
        }
        budget.span = claim.span;
        budget.limit = claim.limit;
        budget.hard = claim.hard;
        budget.used = std::max(budget.used, now);
        if (!ledger::is_repeated(opening, i)) {
            met.push_back({std::move(name), claim.span.end, claim.hard});
        }
    }
    return met;
}

void BudgetMemory::learn(const ServerBudget& told) {
    const auto found = budgets_.find(told.name);
    if (found == budgets_.end()) {
        return;
    }
    Budget& budget = found->second;
    budget.told = true;
    // What a record charged only grows.
    Usd& own = budget.shares[record_];
    own = std::max(own, told.own);
    for (const auto& [record, amount] : told.shares) {
        Usd& share = budget.shares[record];
        share = std::max(share, amount);
    }
    // Answers of several connections do not come in order.
    if (told.version < budget.version) {
        return;
    }
    budget.version = told.version;
    budget.settled = told.settled;
    budget.reserved = told.reserved;
    budget.others = told.others;
    budget.touched = budget.touched || told.settled > Usd() || told.reserved > Usd();
}

void BudgetMemory::learn_own(std::string_view scope, WindowSpan span, Usd own) {
    Budget& budget = budgets_[budget_name(scope, span.begin)];
    budget.scope = scope;
    budget.span = span;
    Usd& share = budget.shares[record_];
    share = std::max(share, own);
}

void BudgetMemory::begin_epoch() {
    for (auto& [name, budget] : budgets_) {
        budget.version = -1;
    }
}

void BudgetMemory::drop_old(WallTime now) {
    std::erase_if(budgets_, [&](const auto& entry) { return entry.second.span.end + kKeptAfterEnd <= now; });
}

std::vector<ledger::BudgetState> BudgetMemory::states(WallTime now) const {
    std::vector<ledger::BudgetState> states;
    for (const auto& [name, budget] : budgets_) {
        if (budget.touched && budget.span.end > now) {
            states.push_back({budget.scope, budget.span, budget.limit, budget.settled, budget.reserved});
        }
    }
    return states;
}

Usd BudgetMemory::taken(const std::string& name) const {
    const auto found = budgets_.find(name);
    return found == budgets_.end() ? Usd() : found->second.settled + found->second.reserved + found->second.others + found->second.spent;
}

std::vector<std::pair<AttemptBudget, std::map<std::string, Usd>>> BudgetMemory::shares() const {
    std::vector<std::pair<AttemptBudget, std::map<std::string, Usd>>> all;
    for (const auto& [name, budget] : budgets_) {
        if (!budget.shares.empty()) {
            all.emplace_back(AttemptBudget{name, budget.span.end, budget.hard}, budget.shares);
        }
    }
    return all;
}

std::vector<AttemptBudget> BudgetMemory::used_since(SteadyTime since) const {
    std::vector<AttemptBudget> used;
    for (const auto& [name, budget] : budgets_) {
        if (budget.used >= since) {
            used.push_back({name, budget.span.end, budget.hard});
        }
    }
    return used;
}

std::vector<BudgetMemory::SliceWish> BudgetMemory::wishes(WallTime wall_now, SteadyTime now) {
    std::vector<SliceWish> wishes;
    for (auto& [name, budget] : budgets_) {
        if (!budget.hard || wishes.size() >= kWishesMax) {
            continue;
        }
        Usd wanted;
        if (budget.told && budget.span.end > wall_now && now - budget.used < kActive) {
            const Usd left = budget.limit - budget.settled - budget.reserved - budget.others;
            wanted = part_of(std::max(left, Usd()), share_);
        }
        wanted = std::max(wanted, budget.spent);
        if (wanted != budget.slice) {
            wishes.push_back({name, budget.span.end, budget.limit, wanted});
            budget.slice = std::min(budget.slice, wanted);
        }
    }
    return wishes;
}

std::vector<BudgetMemory::SliceWish> BudgetMemory::held() const {
    std::vector<SliceWish> held;
    for (const auto& [name, budget] : budgets_) {
        if (budget.slice > Usd()) {
            held.push_back({name, budget.span.end, budget.limit, budget.slice});
        }
    }
    return held;
}

void BudgetMemory::hold(const std::string& name, Usd amount, unsigned generation) {
    if (const auto found = budgets_.find(name); generation == generation_ && found != budgets_.end()) {
        found->second.slice = std::max(amount, found->second.spent);
    }
}

void BudgetMemory::lose_slices() {
    ++generation_;
    for (auto& [name, budget] : budgets_) {
        budget.slice = budget.spent;
    }
}

bool BudgetMemory::spend(const std::vector<AttemptBudget>& budgets, Usd estimate) {
    std::vector<Budget*> paying;
    for (const AttemptBudget& each : budgets) {
        const auto found = budgets_.find(each.name);
        if (each.hard && (found == budgets_.end() || found->second.slice - found->second.spent < estimate)) {
            return false;
        }
        if (each.hard) {
            paying.push_back(&found->second);
        }
    }
    for (Budget* budget : paying) {
        budget->spent += estimate;
    }
    return true;
}

void BudgetMemory::account(const std::vector<AttemptBudget>& budgets, Usd estimate) {
    for (const AttemptBudget& each : budgets) {
        const auto found = budgets_.find(each.name);
        if (each.hard && found != budgets_.end()) {
            found->second.spent = ledger::not_negative(found->second.spent - estimate);
            found->second.slice = std::max(found->second.slice - estimate, found->second.spent);
        }
    }
}

bool BudgetMemory::give_up(const std::vector<AttemptBudget>& budgets) {
    std::vector<Budget*> giving;
    for (const AttemptBudget& each : budgets) {
        const auto found = budgets_.find(each.name);
        if (each.hard && found != budgets_.end()) {
            if (found->second.spent > Usd()) {
                return false;
            }
            giving.push_back(&found->second);
        }
    }
    for (Budget* budget : giving) {
        budget->slice = Usd();
    }
    ++generation_;
    return true;
}

Usd BudgetMemory::slices_held() const {
    Usd sum;
    for (const auto& [name, budget] : budgets_) {
        sum += budget.slice;
    }
    return sum;
}

Usd BudgetMemory::slices_spent() const {
    Usd sum;
    for (const auto& [name, budget] : budgets_) {
        sum += budget.spent;
    }
    return sum;
}

}  // namespace tierway::store
