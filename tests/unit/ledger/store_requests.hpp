#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <limits>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "tierway/ledger/store.hpp"

// What tests ask stores of spending, and how they wait for the answer.

namespace tierway {

inline void PrintTo(const Usd& amount, std::ostream* stream) {
    *stream << amount.nano() << " nano";
}

}  // namespace tierway

namespace tierway::ledger {

inline constexpr WallTime kNoon{std::chrono::hours{24} * 20'000 + std::chrono::hours{12}};
inline constexpr WindowSpan kDay{kNoon - std::chrono::hours{12}, kNoon + std::chrono::hours{12}};
inline constexpr WindowSpan kNextDay{kDay.end, kDay.end + std::chrono::hours{24}};
inline constexpr Milliseconds kPatience{20'000};
/// The largest amount of a store that counts with 64 bits.
inline constexpr Usd kMostOf64Bits = Usd::from_nano(std::numeric_limits<std::int64_t>::max());

inline Usd nano(std::int64_t amount) {
    return Usd::from_nano(amount);
}

inline BudgetClaim claim(std::string scope, std::int64_t limit, bool hard = true, WindowSpan span = kDay) {
    return {.scope = std::move(scope), .span = span, .limit = nano(limit), .hard = hard};
}

inline AttemptOpening opening(std::string attempt, std::int64_t estimate, std::vector<BudgetClaim> budgets, WallTime at = kNoon) {
    return {.attempt = std::move(attempt),
            .at = at,
            .principal = "agent",
            .team = "search",
            .request_class = "chat",
            .tier = "small",
            .model = "sim/small",
            .prices = "p1",
            .estimate = nano(estimate),
            .budgets = std::move(budgets)};
}

inline AttemptSettlement settlement(std::string attempt, std::int64_t cost) {
    return {.attempt = std::move(attempt),
            .purpose = Purpose::Answer,
            .source = UsageSource::Provider,
            .usage = {.prompt = 10, .completion = 5},
            .cost = nano(cost),
            .baseline = nano(cost),
            .outcome = "ok"};
}

/// Opens and waits for the result.
inline OpeningResult opened(Store& store, AttemptOpening attempt) {
    const auto result = std::make_shared<std::promise<OpeningResult>>();
    std::future<OpeningResult> arrival = result->get_future();
    store.open(std::move(attempt), [result](const OpeningResult& given) { result->set_value(given); });
    if (arrival.wait_for(kPatience) != std::future_status::ready) {
        ADD_FAILURE() << "no result";
        return {.kind = OpeningResult::Kind::Unavailable, .left = {}};
    }
    return arrival.get();
}

inline void settle(Store& store, AttemptSettlement one) {
    std::vector<AttemptSettlement> settlements;
    settlements.push_back(std::move(one));
    store.settle(std::move(settlements));
}

/// A budget's window after everything handed over before is kept; zeros when the store knows none.
inline BudgetState state_of(Store& store, const std::string& scope, WindowSpan span = kDay) {
    EXPECT_TRUE(store.flush(kPatience));
    for (BudgetState& state : store.budgets(span.begin)) {
        if (state.scope == scope && state.span == span) {
            return std::move(state);
        }
    }
    return {.scope = scope, .span = span, .limit = {}, .settled = {}, .reserved = {}};
}

}  // namespace tierway::ledger
