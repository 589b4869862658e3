#include "tierway/base/did_you_mean.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tierway {
namespace {

constexpr std::array<std::string_view, 3> kWords{"providers", "models", "tiers"};

TEST(DidYouMean, FindsATypingMistake) {
    EXPECT_EQ(nearest_name("provders", kWords), "providers");
    EXPECT_EQ(nearest_name("TIERS", kWords), "tiers");
    EXPECT_EQ(did_you_mean("modles", kWords), " Did you mean `models`?");
}

TEST(DidYouMean, ListsWhatThereIsWhenNothingIsNear) {
    EXPECT_EQ(nearest_name("budgets", kWords), "");
    EXPECT_EQ(did_you_mean("xyz", kWords), " Known: `providers`, `models`, `tiers`.");
    EXPECT_EQ(did_you_mean("xyz", {}), "");
}

TEST(DidYouMean, IsBoundedForHostileWords) {
    EXPECT_EQ(nearest_name(std::string(100'000, 'a'), kWords), "");
}

}  // namespace
}  // namespace tierway
