#include "tierway/base/effort.hpp"

#include <gtest/gtest.h>

namespace tierway {
namespace {

TEST(Effort, IsReadBackFromItsName) {
    for (unsigned i = 0; i <= static_cast<unsigned>(Effort::Max); ++i) {
        EXPECT_EQ(parse_effort(name_of(static_cast<Effort>(i))), static_cast<Effort>(i));
    }
    EXPECT_EQ(parse_effort("LOW"), std::nullopt);
    EXPECT_EQ(parse_effort("default"), std::nullopt);
    EXPECT_EQ(parse_effort(""), std::nullopt);
}

TEST(Efforts, OfWhichNothingIsKnownTakeEveryWish) {
    EXPECT_EQ(Efforts().nearest(Effort::XHigh), Effort::XHigh);
    EXPECT_EQ(Efforts().nearest(Effort::None), Effort::None);
}

TEST(Efforts, TakeTheMostThatIsNotAboveTheWish) {
    const Efforts efforts{Effort::None, Effort::Low, Effort::High};
    EXPECT_EQ(efforts.nearest(Effort::Low), Effort::Low);
    EXPECT_EQ(efforts.nearest(Effort::Medium), Effort::Low);
    EXPECT_EQ(efforts.nearest(Effort::Max), Effort::High);
    EXPECT_EQ(efforts.nearest(Effort::None), Effort::None);
}

TEST(Efforts, TakeTheLeastThinkingWhenAllIsAboveTheWish) {
    const Efforts efforts{Effort::None, Effort::Low, Effort::High};
    EXPECT_EQ(efforts.nearest(Effort::Minimal), Effort::Low) << "a wish to think is not refused by \"none\"";
    EXPECT_EQ(Efforts({Effort::Medium, Effort::High}).nearest(Effort::None), Effort::Medium);
}

TEST(Efforts, HaveNoWordForThinkingWhereOnlyNoneIsTaken) {
    EXPECT_EQ(Efforts({Effort::None}).nearest(Effort::High), std::nullopt);
    EXPECT_EQ(Efforts({Effort::None}).nearest(Effort::None), Effort::None);
}

}  // namespace
}  // namespace tierway
