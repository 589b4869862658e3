#include "tierway/ledger/budget_claims.hpp"

#include <algorithm>
#include <string>

namespace tierway::ledger {
namespace {

/// At the end of a soft budget's name.
constexpr char kSoftMark = '~';

/// Who of the spender a budget looks at; empty when it does not concern them.
std::string_view counted_name(const config::Budget& budget, const Spender& spender) {
    switch (budget.scope) {
        case config::BudgetScope::Key:
            return spender.principal;
        case config::BudgetScope::Team:
            return spender.team;
        case config::BudgetScope::Class:
            return spender.request_class;
        case config::BudgetScope::Total:
            return "all";
    }
    return {};
}

bool same_counter(const config::Budget& a, const config::Budget& b) {
    return a.scope == b.scope && a.window == b.window && a.hard == b.hard;
}

std::string counter_name(const config::Budget& budget, std::string_view name) {
    std::string counter(config::name_of(budget.scope));
    counter.append(":").append(name).append("/").append(name_of(budget.window));
    if (budget.zone.name() != "UTC") {
        counter.append("@").append(budget.zone.name());
    }
    if (!budget.hard) {
        counter += kSoftMark;
    }
    return counter;
}

}  // namespace

CounterName read_counter_name(std::string_view name) noexcept {
    CounterName parts;
    if (name.ends_with(kSoftMark)) {
        parts.hard = false;
        name.remove_suffix(1);
    }
    const std::size_t colon = name.find(':');
    parts.scope = name.substr(0, colon);
    if (colon != std::string_view::npos) {
        name.remove_prefix(colon + 1);
        // Names of keys, teams and classes hold no slash.
        const std::size_t slash = name.find('/');
        parts.name = name.substr(0, slash);
        parts.window = slash == std::string_view::npos ? std::string_view{} : name.substr(slash + 1);
    }
    return parts;
}

std::vector<BudgetClaim> claims_of(const std::vector<config::Budget>& budgets, const Spender& spender, WallTime now) {
    std::vector<BudgetClaim> claims;
    for (const config::Budget& budget : budgets) {
        const std::string_view name = counted_name(budget, spender);
        if (name.empty() || (!budget.name.empty() && budget.name != name)) {
            continue;
        }
        const auto takes_its_place = [&](const config::Budget& other) {
            return other.name == name && same_counter(budget, other);
        };
        if (budget.name.empty() && budget.scope != config::BudgetScope::Total &&
            std::any_of(budgets.begin(), budgets.end(), takes_its_place)) {
            continue;
        }
        claims.push_back({counter_name(budget, name), window_at(budget.window, budget.zone, now), budget.limit, budget.hard});
    }
    return claims;
}

}  // namespace tierway::ledger
