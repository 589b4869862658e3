#include "tierway/lab/advice.hpp"

#include <gtest/gtest.h>

namespace tierway::lab {
namespace {

/// 100 rows; the strong model costs 1 USD a row and the cheap one a tenth.
decision::PairCalibration pair(std::string name, std::uint64_t both, std::uint64_t only_cheap, std::uint64_t only_strong) {
    decision::PairCalibration made;
    made.key = {std::move(name), "some/cheap", "some/strong", ""};
    made.table.rows = 100;
    made.table.both = both;
    made.table.only_cheap = only_cheap;
    made.table.only_strong = only_strong;
    made.table.neither = 100 - both - only_cheap - only_strong;
    made.table.cheap_usd = 0.1;
    made.table.strong_usd = 1.0;
    return made;
}

TEST(Advice, BindsCheaplyWhereTheStrongModelIsNoBetter) {
    std::vector<decision::PairCalibration> pairs{pair("easy", 90, 2, 1)};
    pairs[0].lambdas = {{0.0, 92.0, 30.0, 20.0}};
    const Advice advice = advise(pairs, 1.0);
    EXPECT_TRUE(advice.reaches);
    EXPECT_EQ(advice.classes[0].mode, Mode::Cheap);
    EXPECT_NEAR(advice.cost_ratio, 0.1, 1e-12);
}

TEST(Advice, ClimbsWhereThatKeepsTheQualityForLess) {
    std::vector<decision::PairCalibration> pairs{pair("mixed", 60, 0, 30)};
    pairs[0].lambdas = {{0.0, 90.0, 50.0, 40.0}, {1.2, 60.0, 10.0, 0.0}};
    const Advice advice = advise(pairs, 1.0);
    EXPECT_EQ(advice.classes[0].mode, Mode::Climb);
    EXPECT_NEAR(advice.cost_ratio, 0.5, 1e-12);
    EXPECT_NEAR(advice.classes[0].climbed_share, 0.4, 1e-12);
}

TEST(Advice, BindsToTheStrongModelWhereACascadeOnlyAddsDrafts) {
    std::vector<decision::PairCalibration> pairs{pair("hard", 10, 0, 80)};
    pairs[0].lambdas = {{0.0, 90.0, 105.0, 95.0}, {2.0, 10.0, 10.0, 0.0}};
    const Advice advice = advise(pairs, 1.0);
    EXPECT_EQ(advice.classes[0].mode, Mode::Strong);
    EXPECT_DOUBLE_EQ(advice.quality_ratio, 1.0);
    EXPECT_DOUBLE_EQ(advice.cost_ratio, 1.0);
}

TEST(Advice, SaysWhenTheQualityIsOutOfReach) {
    std::vector<decision::PairCalibration> pairs{pair("easy", 50, 0, 50)};
    pairs[0].lambdas = {{0.0, 80.0, 40.0, 30.0}};
    EXPECT_TRUE(advise(pairs, 1.0).reaches);
    EXPECT_FALSE(advise(pairs, 1.01).reaches);
}

}  // namespace
}  // namespace tierway::lab
