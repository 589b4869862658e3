#include "tierway/cascade/running_economics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace tierway::cascade {
namespace {

/// Claude 3 Haiku beneath Claude 3.5 Sonnet at list prices, 1,000 tokens of prompt and 500 of answer, with a second opinion that
/// costs as much as the draft: a draft and its judging cost one sixth of the higher answer.
JudgedDraft haiku(bool wanting) {
    return {.wanting = wanting, .draft_usd = 0.000875, .judging_usd = 0.000875, .higher_usd = 0.0105};
}

/// A draft at a tenth of the higher answer.
JudgedDraft tenth(bool wanting) {
    return {.wanting = wanting, .draft_usd = 0.1, .judging_usd = 0.0, .higher_usd = 1.0};
}

/// So many drafts of which `wanting` in twenty want the higher tier, spread evenly.
void count_twentieths(RunningEconomics& economics, int drafts, int wanting, JudgedDraft (*draft)(bool)) {
    for (int i = 0; i < drafts; ++i) {
        economics.count(draft((i * wanting) % 20 >= 20 - wanting));
    }
}

TEST(RunningEconomics, BelievesItsPriorUntilItHasSeenDrafts) {
    EXPECT_EQ(RunningEconomics().wanting_share().estimate, 0.5);
    EXPECT_LT(RunningEconomics().wanting_share().low, 0.1) << "and does not make much of it";
    RunningEconomics informed(SharePrior{.share = 0.3, .drafts = 10.0});
    EXPECT_DOUBLE_EQ(informed.wanting_share().estimate, 0.3);
    EXPECT_FALSE(informed.break_even_share());
    for (int i = 0; i < 100; ++i) {
        informed.count(haiku(true));
    }
    EXPECT_GT(informed.wanting_share().estimate, 0.9);
}

TEST(RunningEconomics, KnowsWhereItBreaksEven) {
    RunningEconomics economics;
    economics.count(haiku(false));
    ASSERT_TRUE(economics.break_even_share());
    EXPECT_NEAR(*economics.break_even_share(), 5.0 / 6.0, 1e-12);
}

TEST(RunningEconomics, AHandfulOfBadDraftsTurnsNothing) {
    RunningEconomics dear;
    RunningEconomics certain(SharePrior{.share = 1.0, .drafts = 10.0});
    for (std::uint64_t i = 1; i < RunningEconomics::kDraftsMin; ++i) {
        // As dear as the higher answer itself: nothing but the number of drafts holds it back.
        const JudgedDraft draft{.wanting = true, .draft_usd = 1.0, .judging_usd = 0.0, .higher_usd = 1.0};
        dear.count(draft);
        certain.count(draft);
    }
    EXPECT_FALSE(dear.costs_more());
    EXPECT_FALSE(certain.costs_more());
    RunningEconomics cheap;
    for (int i = 0; i < 50; ++i) {
        cheap.count({.wanting = true, .draft_usd = 0.06, .judging_usd = 0.0, .higher_usd = 1.0});
    }
    EXPECT_FALSE(cheap.costs_more()) << "fifty of fifty do not prove a share above .94";
}

TEST(RunningEconomics, CostsMoreWhenNearlyEveryDraftWantsTheHigherTier) {
    RunningEconomics economics;
    count_twentieths(economics, 300, 19, haiku);
    EXPECT_NEAR(economics.wanting_share().estimate, 0.95, 0.01);
    EXPECT_TRUE(economics.costs_more());
}

TEST(RunningEconomics, IsWorthItBelowTheBreakEvenShare) {
    RunningEconomics economics;
    count_twentieths(economics, 2'000, 15, haiku);
    EXPECT_FALSE(economics.costs_more()) << "three of four is less than five of six";
}

TEST(RunningEconomics, IsWorthItAgainWhenDraftsBecomeGood) {
    RunningEconomics economics;
    count_twentieths(economics, 300, 19, haiku);
    ASSERT_TRUE(economics.costs_more());
    int seen = 0;
    while (economics.costs_more() && seen < 1'000) {
        economics.count(haiku(false));
        ++seen;
    }
    EXPECT_GT(seen, 5) << "a few good drafts are no turn";
    EXPECT_LT(seen, 60) << "in exploration drafts are rare, so it must not take many";
}

TEST(RunningEconomics, DoesNotFlapWhereBothCostTheSame) {
    RunningEconomics economics;
    int turns = 0;
    bool before = false;
    for (int i = 0; i < 5'000; ++i) {
        // Nine of ten, which is the break-even share itself.
        economics.count(tenth(i % 10 != 0));
        turns += economics.costs_more() != before ? 1 : 0;
        before = economics.costs_more();
    }
    EXPECT_LE(turns, 1);
}

TEST(RunningEconomics, StaysDecidedWhileTheEstimateWavers) {
    RunningEconomics economics;
    count_twentieths(economics, 300, 20, tenth);
    ASSERT_TRUE(economics.costs_more());
    // The interval's lower end falls below .9 long before the estimate does.
    while (economics.wanting_share().low > 0.9) {
        economics.count(tenth(false));
    }
    EXPECT_TRUE(economics.costs_more());
}

/// The mean cost of 20,000 requests, in higher answers, when a twentieth of them drafts whatever drafts cost.
double served_at(double draft_usd, double wanting_share) {
    std::mt19937 generator(7);
    const auto chance = [&generator] { return static_cast<double>(generator()) / 4294967296.0; };
    RunningEconomics economics;
    double usd = 0.0;
    for (int i = 0; i < 20'000; ++i) {
        if (economics.costs_more() && chance() >= 0.05) {
            usd += 1.0;
            continue;
        }
        const bool wanting = chance() < wanting_share;
        economics.count({.wanting = wanting, .draft_usd = draft_usd, .judging_usd = 0.0, .higher_usd = 1.0});
        usd += draft_usd + (wanting ? 1.0 : 0.0);
    }
    return usd / 20'000.0;
}

TEST(RunningEconomics, ServesAtAboutTheCostOfTheBetterWay) {
    for (const double draft_usd : {0.06, 1.0 / 6.0, 0.3}) {
        for (const double wanting_share : {0.1, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0}) {
            SCOPED_TRACE(std::to_string(draft_usd) + " USD, " + std::to_string(wanting_share) + " wanting");
            EXPECT_LE(served_at(draft_usd, wanting_share), std::min(1.0, draft_usd + wanting_share) + 0.05 * draft_usd + 0.005);
        }
    }
    EXPECT_LT(served_at(1.0 / 6.0, 1.0), 1.02) << "where the cascade costs 1.167";
}

TEST(RunningEconomics, FollowsPricesAndLengths) {
    RunningEconomics economics;
    count_twentieths(economics, 300, 19, haiku);
    ASSERT_TRUE(economics.costs_more());
    for (int i = 0; i < 300 && economics.costs_more(); ++i) {
        // The higher tier became ten times as dear.
        economics.count({.wanting = i % 20 != 0, .draft_usd = 0.000875, .judging_usd = 0.000875, .higher_usd = 0.105});
    }
    EXPECT_FALSE(economics.costs_more());
}

TEST(RunningEconomics, DecidesNothingWhereNothingIsKnownToCost) {
    RunningEconomics free;
    RunningEconomics free_drafts;
    for (int i = 0; i < 1'000; ++i) {
        free.count({.wanting = true, .draft_usd = 0.1, .judging_usd = 0.0, .higher_usd = 0.0});
        free_drafts.count({.wanting = true, .draft_usd = 0.0, .judging_usd = 0.0, .higher_usd = 1.0});
    }
    EXPECT_FALSE(free.costs_more());
    EXPECT_FALSE(free_drafts.costs_more()) << "a draft that costs nothing is never too dear";
}

TEST(RunningEconomics, GivesUpOnDraftsThatAreDearerThanWhatTheySpare) {
    RunningEconomics economics;
    for (std::uint64_t i = 0; i < RunningEconomics::kDraftsMin; ++i) {
        economics.count({.wanting = false, .draft_usd = 0.8, .judging_usd = 0.4, .higher_usd = 1.0});
    }
    EXPECT_LT(*economics.break_even_share(), 0.0);
    EXPECT_TRUE(economics.costs_more());
}

}  // namespace
}  // namespace tierway::cascade
