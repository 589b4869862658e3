#include "tierway/lab/folds.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace tierway::lab {
namespace {

TEST(Folds, AreOfAboutEqualSizes) {
    std::array<int, 5> sizes{};
    for (int i = 0; i < 5'000; ++i) {
        ++sizes[fold_of("row-" + std::to_string(i), 5)];
    }
    for (const int size : sizes) {
        EXPECT_NEAR(size, 1'000, 120);
    }
}

TEST(Folds, DependOnTheSeed) {
    int moved = 0;
    for (int i = 0; i < 1'000; ++i) {
        const std::string id = "row-" + std::to_string(i);
        moved += fold_of(id, 5, 0) != fold_of(id, 5, 1) ? 1 : 0;
    }
    EXPECT_NEAR(moved, 800, 60);
}

TEST(Folds, StayWhereTheyWere) {
    EXPECT_EQ(fold_of("cls-1", 1'000'003, 0), fold_of("cls-1", 1'000'003, 0));
    EXPECT_EQ(fold_of("anything", 1), 0U);
}

}  // namespace
}  // namespace tierway::lab
