#include "tierway/ledger/token_relation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>

namespace tierway::ledger {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TokenRelation taught(TokenRelation relation, std::int64_t estimated, std::int64_t reported, int times) {
    for (int i = 0; i < times; ++i) {
        relation = learn(relation, estimated, reported);
    }
    return relation;
}

/// Reports of a model whose factor is log-normal around `factor`.
class Provider {
public:
    Provider(double factor, double deviation) : log_factor_(std::log(factor), deviation) {}
    std::int64_t count(std::int64_t estimated) {
        return std::max<std::int64_t>(1, std::llround(static_cast<double>(estimated) * std::exp(log_factor_(random_))));
    }

private:
    std::mt19937 random_{7};
    std::normal_distribution<double> log_factor_;
};

TEST(TokenRelation, BeginsWithTheCustomaryFigureAndTwiceThatAtMost) {
    for (const std::int64_t estimated : {1, 10, 1'000, 1'000'000}) {
        EXPECT_EQ(expected_tokens({}, estimated), estimated);
        EXPECT_EQ(tokens_at_most({}, estimated), 2 * estimated);
    }
    EXPECT_EQ(expected_tokens({}, 0), 0);
    EXPECT_EQ(tokens_at_most({}, 0), 0);
}

TEST(TokenRelation, FindsTheFactorOfAProviderAndRarelyReservesTooLittle) {
    for (const double factor : {0.7, 1.0, 1.35, 3.0}) {
        for (const double deviation : {0.03, 0.1, 0.25}) {
            SCOPED_TRACE(std::to_string(factor) + " ± " + std::to_string(deviation));
            Provider provider(factor, deviation);
            TokenRelation relation;
            for (int i = 0; i < 100; ++i) {
                relation = learn(relation, 1'000, provider.count(1'000));
            }
            int exceeded = 0;
            double reserved = 0.0;
            for (int i = 0; i < 2'000; ++i) {
                const std::int64_t reported = provider.count(1'000);
                exceeded += reported > tokens_at_most(relation, 1'000) ? 1 : 0;
                reserved += static_cast<double>(tokens_at_most(relation, 1'000)) / static_cast<double>(reported);
                relation = learn(relation, 1'000, reported);
            }
            EXPECT_NEAR(static_cast<double>(expected_tokens(relation, 1'000)), 1'000 * factor,
                        1'000 * factor * (0.01 + deviation / 3));
            EXPECT_LE(exceeded, 60) << "three in a hundred";
            EXPECT_LE(reserved / 2'000, 1.1 + 4 * deviation) << "and not much more than it takes";
        }
    }
}

TEST(TokenRelation, OneReportMovesItByABoundedStepWhateverItSays) {
    for (const std::int64_t reported : {std::int64_t{1}, kMost}) {
        const TokenRelation fresh = learn({}, 1'000, reported);
        EXPECT_GE(expected_tokens(fresh, 1'000), 900);
        EXPECT_LE(expected_tokens(fresh, 1'000), 1'100);
        const TokenRelation settled = taught({}, 1'000, 1'250, 300);
        const TokenRelation after = learn(settled, 1'000, reported);
        EXPECT_NEAR(static_cast<double>(expected_tokens(after, 1'000)), 1'250.0, 5.0);
        EXPECT_LE(tokens_at_most(after, 1'000), tokens_at_most(settled, 1'000) * 106 / 100);
    }
}

TEST(TokenRelation, AProviderThatAlwaysLiesStaysWithinBounds) {
    const TokenRelation small = taught({}, 1'000'000, 1, 100'000);
    EXPECT_EQ(expected_tokens(small, 1'000), 500);
    EXPECT_LE(small.deviation, TokenRelation::kDeviationUnit);
    const TokenRelation large = taught({}, 1, kMost, 100'000);
    EXPECT_EQ(expected_tokens(large, 1'000), 4'064);
    EXPECT_EQ(tokens_at_most(large, 1'000), 8'128);
}

TEST(TokenRelation, OddRequestsAmongManyDoNotCarryItAway) {
    TokenRelation relation;
    for (int i = 0; i < 2'000; ++i) {
        relation = learn(relation, 1'000, i % 20 == 0 ? 100'000 : 1'200);
    }
    EXPECT_NEAR(static_cast<double>(expected_tokens(relation, 1'000)), 1'200.0, 60.0);
}

TEST(TokenRelation, FollowsAModelThatCountsDifferentlyFromOneDayOn) {
    TokenRelation relation = taught({}, 1'000, 1'000, 10'000);
    relation = taught(relation, 1'000, 1'400, 500);
    EXPECT_NEAR(static_cast<double>(expected_tokens(relation, 1'000)), 1'400.0, 30.0);
    EXPECT_GE(tokens_at_most(relation, 1'000), 1'400);
}

TEST(TokenRelation, CountsOfNothingTeachNothing) {
    for (const auto& [estimated, reported] : {std::pair<std::int64_t, std::int64_t>{0, 10}, {10, 0}, {-5, 10}, {10, -5}}) {
        EXPECT_EQ(learn({}, estimated, reported), TokenRelation{});
    }
    EXPECT_EQ(expected_tokens({}, -7), 0);
}

TEST(TokenRelation, SaturatesInsteadOfOverflowing) {
    EXPECT_EQ(tokens_at_most({}, kMost), kMost);
    EXPECT_EQ(expected_tokens(taught({}, 1, kMost, 1'000), kMost), kMost);
}

TEST(TokenRelation, WhatACallerWasToldHoldsWhileReportsGoOn) {
    Provider provider(1.2, 0.1);
    TokenRelation relation;
    for (int i = 0; i < 1'000; ++i) {
        relation = learn(relation, 1'000, provider.count(1'000));
    }
    int changes = 0;
    for (int i = 0; i < 1'000; ++i) {
        const TokenRelation before = relation;
        relation = learn(relation, 1'000, provider.count(1'000));
        changes += tokens_at_most(before, 1'000) == tokens_at_most(relation, 1'000) ? 0 : 1;
    }
    EXPECT_LT(changes, 100);
}

}  // namespace
}  // namespace tierway::ledger
