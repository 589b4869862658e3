#include "tierway/policy/wish.hpp"

#include <gtest/gtest.h>

#include <string>

#include "policy/three_tiers.hpp"

namespace tierway::policy {
namespace {

using namespace testing;

TEST(ReadWish, UnderstandsEveryForm) {
    struct Case {
        const char* model;
        std::optional<config::TierId> tier;
        std::optional<config::ModelId> named;
    };
    const config::Snapshot snapshot = three_tiers();
    for (const Case& c : {
             Case{"auto", {}, {}},
             Case{"cloud/large", {}, kLarge},
             Case{"tier:mid", kMid, {}},
             Case{"gpt-4o", {}, {}},
             Case{"cheap", kSmall, {}},
             Case{"best", {}, kLarge},
         }) {
        SCOPED_TRACE(c.model);
        const auto wish = read_wish(snapshot, c.model);
        ASSERT_TRUE(wish);
        EXPECT_EQ(wish->tier, c.tier);
        EXPECT_EQ(wish->model, c.named);
    }
}

TEST(ReadWish, NoAliasTakesOverAuto) {
    const auto wish = read_wish(three_tiers(), "auto");
    ASSERT_TRUE(wish);
    EXPECT_FALSE(wish->tier);
}

TEST(ReadWish, RefusesWhatDoesNotExist) {
    for (const char* model :
         {"", "gpt-5", "cloud/", "cloud/larg", "CLOUD/LARGE", "tier:", "tier:huge", "small", "Auto", " auto", "loop"}) {
        SCOPED_TRACE(model);
        const auto wish = read_wish(three_tiers(), model);
        ASSERT_FALSE(wish);
        EXPECT_EQ(wish.error().kind(), ErrorKind::ModelNotFound);
        EXPECT_EQ(wish.error().code(), "model_not_found");
        EXPECT_EQ(wish.error().param(), "model");
    }
}

TEST(ReadWish, ATypingMistakeIsToldTheNearestName) {
    EXPECT_EQ(read_wish(three_tiers(), "cloud/larg").error().message(),
              "The model `cloud/larg` does not exist here. Did you mean `cloud/large`?");
    EXPECT_EQ(read_wish(three_tiers(), "tier:frontire").error().message(),
              "The model `tier:frontire` does not exist here. Did you mean `tier:frontier`?");
}

TEST(ReadWish, AWildGuessIsToldWhatExists) {
    const std::string message(read_wish(three_tiers(), "something-else-entirely").error().message());
    for (const char* name : {"`auto`", "`tier:small`", "`onprem/tiny`", "`best`"}) {
        EXPECT_NE(message.find(name), std::string::npos) << message;
    }
    EXPECT_EQ(message.find("cloud/unused"), std::string::npos) << "nobody can ask for it";
}

TEST(ReadWish, AModelInNoTierIsRefusedWithTheReason) {
    const auto wish = read_wish(three_tiers(), "cloud/unused");
    ASSERT_FALSE(wish);
    EXPECT_EQ(wish.error().kind(), ErrorKind::ModelNotFound);
    EXPECT_NE(wish.error().message().find("in no tier"), std::string_view::npos);
}

TEST(ReadWish, AHugeNameIsCutInTheMessage) {
    std::string name(79, 'x');
    for (int i = 0; i < 10'000; ++i) {
        name += "é";
    }
    const std::string message(read_wish(three_tiers(), name).error().message());
    EXPECT_LT(message.size(), 500U);
    EXPECT_NE(message.find(std::string(79, 'x') + "…`"), std::string::npos) << message;
}

}  // namespace
}  // namespace tierway::policy
