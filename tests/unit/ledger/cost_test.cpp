#include "tierway/ledger/cost.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tierway/dialect/token_estimate.hpp"

namespace tierway::ledger {
namespace {

using config::Price;
using dialect::TokenUsage;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

// USD per million tokens; the rates of the tests are whole cents or mills of it.
constexpr config::PicoUsdPerToken per_million(double usd) {
    return static_cast<config::PicoUsdPerToken>(usd * 1'000'000 + 0.5);
}

Price priced(config::PicoUsdPerToken input, config::PicoUsdPerToken output) {
    Price price;
    price.base.input = input;
    price.base.output = output;
    return price;
}

Price plain() {
    return priced(per_million(0.15), per_million(0.60));
}

Price with_cache() {
    Price price = priced(per_million(3), per_million(15));
    price.base.cached_input = per_million(0.3);
    price.base.cache_write = per_million(3.75);
    return price;
}

Price tiered() {
    Price price = with_cache();
    price.context_tiers.push_back({200'000, priced(per_million(6), per_million(22.5)).base});
    price.context_tiers.push_back({500'000, priced(per_million(12), per_million(45)).base});
    return price;
}

TEST(CostOf, AgreesWithAmountsComputedByHand) {
    struct Case {
        const char* name;
        TokenUsage usage;
        Price price;
        std::int64_t nano;
    };
    for (const Case& c : {
             Case{"nothing", {}, plain(), 0},
             // 1000 · 0.15 µ$ + 200 · 0.60 µ$ = 150 µ$ + 120 µ$
             Case{"prompt and completion", {.prompt = 1'000, .completion = 200}, plain(), 270'000},
             Case{"one prompt token", {.prompt = 1}, plain(), 150},
             Case{
                 "reasoning is part of the completion", {.prompt = 1'000, .completion = 200, .reasoning = 150}, plain(), 270'000},
             Case{"cached without a rate of its own costs as input", {.prompt = 1'000, .cached = 900}, plain(), 150'000},
             Case{"written without a rate of its own costs as input", {.prompt = 1'000, .cache_write = 900}, plain(), 150'000},
             // 200 · 3 + 800 · 0.3 = 840 µ$
             Case{"cached at its own rate", {.prompt = 1'000, .cached = 800}, with_cache(), 840'000},
             // 400 · 3 + 600 · 3.75 = 3450 µ$
             Case{"written at its own rate", {.prompt = 1'000, .cache_write = 600}, with_cache(), 3'450'000},
             // 100 · 3 + 300 · 0.3 + 600 · 3.75 + 10 · 15 = 300 + 90 + 2250 + 150 = 2790 µ$
             Case{"cached and written",
                  {.prompt = 1'000, .completion = 10, .cached = 300, .cache_write = 600},
                  with_cache(),
                  2'790'000},
             Case{"all of it cached", {.prompt = 1'000, .cached = 1'000}, with_cache(), 300'000},
             // At the bound: 200 000 · 3 + 100 · 15 = 601 500 µ$
             Case{"at a context bound the lower rates apply", {.prompt = 200'000, .completion = 100}, tiered(), 601'500'000},
             // Above: 200 001 · 6 + 100 · 22.5 = 1 202 256 µ$
             Case{"above it the whole request costs more", {.prompt = 200'001, .completion = 100}, tiered(), 1'202'256'000},
             Case{"at the second bound", {.prompt = 500'000}, tiered(), 3'000'000'000},
             Case{"above the second bound", {.prompt = 500'001}, tiered(), 6'000'012'000},
             // The higher rates have no cache rates: 200 001 · 6
             Case{"cached above a bound without cache rates", {.prompt = 200'001, .cached = 200'001}, tiered(), 1'200'006'000},
             Case{"cached tokens count for the context tier", {.prompt = 200'001, .cached = 100'000}, tiered(), 1'200'006'000},
         }) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(cost_of(c.usage, c.price).nano(), c.nano);
    }
}

TEST(CostOf, RoundsUpOnceAtTheEnd) {
    // 0.4 and 0.5 nano-dollars a token.
    const Price price = priced(400, 500);
    EXPECT_EQ(cost_of({.prompt = 1}, price).nano(), 1);
    EXPECT_EQ(cost_of({.completion = 1}, price).nano(), 1);
    // 0.9 rounds to 1; rounding each part would give 2.
    EXPECT_EQ(cost_of({.prompt = 1, .completion = 1}, price).nano(), 1);
    EXPECT_EQ(cost_of({.prompt = 5}, price).nano(), 2);
    EXPECT_EQ(cost_of({.prompt = 6}, price).nano(), 3);
    EXPECT_EQ(cost_of({.prompt = 1}, priced(1, 0)).nano(), 1);
}

TEST(CostOf, AFreeModelCostsNothing) {
    EXPECT_EQ(cost_of({.prompt = kMax, .completion = kMax}, Price{}).nano(), 0);
}

TEST(CostOf, SaturatesInsteadOfOverflowing) {
    const Price dear{.base = {.input = kMax, .output = kMax, .cached_input = kMax, .cache_write = kMax}, .context_tiers = {}};
    EXPECT_EQ(cost_of({.prompt = kMax, .completion = kMax, .cached = kMax, .cache_write = kMax}, dear).nano(), kMax);
    EXPECT_EQ(cost_of({.prompt = kMax, .completion = kMax, .cached = kMax / 2, .cache_write = kMax / 2}, dear).nano(), kMax);
    // The largest product that still fits: 9 223 372 036 854 775 807 tokens at one nano-dollar.
    EXPECT_EQ(cost_of({.prompt = kMax}, priced(1'000, 0)).nano(), kMax);
    EXPECT_EQ(cost_of({.prompt = kMax - 1}, priced(1'000, 0)).nano(), kMax - 1);
}

TEST(CostOf, CountsThatContradictThemselvesNeverMakeItCheaperThanItsParts) {
    struct Case {
        const char* name;
        TokenUsage usage;
        std::int64_t nano;
    };
    for (const Case& c : {
             Case{"negative counts are zero", {.prompt = -5, .completion = -5, .cached = -5, .cache_write = -5}, 0},
             Case{"a negative completion is no refund", {.prompt = 1'000, .completion = -1'000}, 3'000'000},
             Case{"negative cached", {.prompt = 1'000, .cached = -1'000}, 3'000'000},
             Case{"more cached than prompt", {.prompt = 1'000, .cached = 5'000}, 300'000},
             // 600 cached leave room for 400 written: 600 · 0.3 + 400 · 3.75
             Case{"cached and written exceed the prompt", {.prompt = 1'000, .cached = 600, .cache_write = 600}, 1'680'000},
         }) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(cost_of(c.usage, with_cache()).nano(), c.nano);
    }
}

TEST(CostOf, PartsOfARequestSumToTheWholeUpToOneRounding) {
    const Price odd{.base = {.input = 1'237, .output = 4'999, .cached_input = 311, .cache_write = 1'549}, .context_tiers = {}};
    std::uint64_t state = 7;
    const auto draw = [&state](std::int64_t bound) {
        state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        return static_cast<std::int64_t>((state >> 33U) % static_cast<std::uint64_t>(bound));
    };
    for (int round = 0; round < 2'000; ++round) {
        const TokenUsage a{
            .prompt = 1'000 + draw(50'000), .completion = draw(9'000), .cached = draw(400), .cache_write = draw(600)};
        const TokenUsage b{
            .prompt = 1'000 + draw(50'000), .completion = draw(9'000), .cached = draw(400), .cache_write = draw(600)};
        const TokenUsage both{.prompt = a.prompt + b.prompt,
                              .completion = a.completion + b.completion,
                              .cached = a.cached + b.cached,
                              .cache_write = a.cache_write + b.cache_write};
        const std::int64_t parts = cost_of(a, odd).nano() + cost_of(b, odd).nano();
        const std::int64_t whole = cost_of(both, odd).nano();
        ASSERT_LE(whole, parts);
        ASSERT_LE(parts, whole + 1);
        // Rates of whole nano-dollars leave nothing to round.
        ASSERT_EQ(cost_of(a, with_cache()).nano() + cost_of(b, with_cache()).nano(), cost_of(both, with_cache()).nano());
    }
}

TEST(OutputTokensBound, TakesTheRequestsBoundThenTheModelsThenTheAssumption) {
    EXPECT_EQ(output_tokens_bound(100, 8'000), 100);
    EXPECT_EQ(output_tokens_bound(100, 0), 100);
    EXPECT_EQ(output_tokens_bound(9'000, 8'000), 8'000);
    EXPECT_EQ(output_tokens_bound(0, 8'000), 8'000);
    EXPECT_EQ(output_tokens_bound(0, 0), kAssumedOutputTokens);
    EXPECT_EQ(output_tokens_bound(-1, -1), kAssumedOutputTokens);
}

TEST(EstimateCost, IsWhatTheRequestCostsWithoutACache) {
    EXPECT_EQ(estimate_cost(1'000, 200, plain()).nano(), 270'000);
    EXPECT_EQ(estimate_cost(200'001, 100, tiered()).nano(), 1'202'256'000);
    EXPECT_EQ(estimate_cost(-1, -1, plain()).nano(), 0);
    EXPECT_EQ(estimate_cost(kMax, kMax, with_cache()).nano(), kMax);
}

TEST(EstimateCost, IsNeverBelowTheCostOfAnyUseOfTheCache) {
    for (const std::int64_t cached : {0, 300, 1'000}) {
        for (const std::int64_t written : {0, 300, 1'000}) {
            const TokenUsage usage{.prompt = 1'000, .completion = 50, .cached = cached, .cache_write = written};
            EXPECT_GE(estimate_cost(1'000, 50, with_cache()), cost_of(usage, with_cache()));
        }
    }
    // 1000 · 3.75 + 50 · 15
    EXPECT_EQ(estimate_cost(1'000, 50, with_cache()).nano(), 4'500'000);
}

TEST(EstimateTokens, RoundsUpToWholeTokens) {
    static_assert(dialect::estimate_tokens(0) == 0);
    static_assert(dialect::estimate_tokens(1) == 1);
    static_assert(dialect::estimate_tokens(4) == 1);
    static_assert(dialect::estimate_tokens(5) == 2);
    static_assert(dialect::estimate_tokens(std::numeric_limits<std::size_t>::max()) > 0);
    SUCCEED();
}

}  // namespace
}  // namespace tierway::ledger
