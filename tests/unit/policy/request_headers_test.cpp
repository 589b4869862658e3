#include <gtest/gtest.h>

#include "policy/three_tiers.hpp"
#include "tierway/policy/acknowledgement.hpp"
#include "tierway/policy/declared_class.hpp"
#include "tierway/policy/request_ceiling.hpp"

namespace tierway::policy {
namespace {

using namespace testing;

TEST(ReadAcknowledgement, ReadsAPlainAmountExactly) {
    EXPECT_EQ(*read_acknowledgement("0.75"), Usd::from_nano(750'000'000));
    EXPECT_EQ(*read_acknowledgement("0"), Usd());
    EXPECT_EQ(*read_acknowledgement("1000000"), Usd::from_nano(1'000'000'000'000'000));
    EXPECT_EQ(*read_acknowledgement("0.000000001"), Usd::from_nano(1));
}

TEST(ReadAcknowledgement, RefusesEverythingElseAndSaysHowToWriteIt) {
    for (const char* text :
         {"",           " 1",          "1 ",    "-1",   "-0",  "+1",  "1e3",       "1,5",          ".5",
          "5.",         "$5",          "5 USD", "0x10", "inf", "nan", "1000000.1", "0.0000000001", "99999999999999999999",
          "0.75, 0.80", "0.75\r\nx: y"}) {
        SCOPED_TRACE(text);
        const auto amount = read_acknowledgement(text);
        ASSERT_FALSE(amount);
        EXPECT_EQ(amount.error().kind(), ErrorKind::InvalidRequest);
        EXPECT_EQ(amount.error().code(), "invalid_acknowledgement");
        EXPECT_NE(amount.error().message().find("such as `0.75`"), std::string_view::npos);
    }
}

TEST(ReadDeclaredClass, FindsTheClass) {
    const auto declared = read_declared_class(three_tiers(), Principal{}, "chat");
    ASSERT_TRUE(declared);
    EXPECT_EQ(*declared, kChat);
}

TEST(ReadDeclaredClass, NothingDeclaredIsNoError) {
    Principal principal;
    principal.classes.emplace();
    const auto declared = read_declared_class(three_tiers(), principal, "");
    ASSERT_TRUE(declared);
    EXPECT_FALSE(declared->has_value());
}

TEST(ReadDeclaredClass, AnUnknownClassIsToldTheNearestName) {
    const auto declared = read_declared_class(three_tiers(), Principal{}, "chats");
    ASSERT_FALSE(declared);
    EXPECT_EQ(declared.error().kind(), ErrorKind::InvalidRequest);
    EXPECT_EQ(declared.error().code(), "class_unknown");
    EXPECT_EQ(declared.error().message(),
              "`x-tierway-class` names the class `chats`, which does not exist. Did you mean `chat`?");
}

TEST(ReadDeclaredClass, ACallerThatMayNotDeclareLearnsNoNames) {
    Principal principal;
    principal.classes.emplace();
    for (const char* name : {"chat", "nonsense"}) {
        SCOPED_TRACE(name);
        const auto declared = read_declared_class(three_tiers(), principal, name);
        ASSERT_FALSE(declared);
        EXPECT_EQ(declared.error().kind(), ErrorKind::ClassNotAllowed);
        EXPECT_EQ(declared.error().code(), "class_not_allowed");
        EXPECT_EQ(declared.error().message().find("`chat`"), std::string_view::npos);
    }
}

TEST(ReadDeclaredClass, ACallerOfSomeClassesMayDeclareNoOther) {
    config::Snapshot snapshot = three_tiers();
    snapshot.classes.push_back(snapshot.classes[0]);
    snapshot.classes[1].name = "code";
    Principal principal;
    principal.classes = {config::ClassId{1}};
    EXPECT_EQ(*read_declared_class(snapshot, principal, "code"), config::ClassId{1});
    for (const char* name : {"chat", "nonsense"}) {
        SCOPED_TRACE(name);
        const auto declared = read_declared_class(snapshot, principal, name);
        ASSERT_FALSE(declared);
        EXPECT_EQ(declared.error().code(), "class_not_allowed");
        EXPECT_EQ(declared.error().message(), "This key may not declare the class `" + std::string(name) +
                                                  "`; declare one that it may, or send the request without `x-tierway-class`.");
    }
}

TEST(ReadRequestCeiling, FindsTheTier) {
    const auto ceiling = read_request_ceiling(three_tiers(), "mid");
    ASSERT_TRUE(ceiling);
    EXPECT_EQ(*ceiling, kMid);
}

TEST(ReadRequestCeiling, WithoutAHeaderThereIsNoCeiling) {
    const auto ceiling = read_request_ceiling(three_tiers(), "");
    ASSERT_TRUE(ceiling);
    EXPECT_FALSE(ceiling->has_value());
}

TEST(ReadRequestCeiling, AnUnknownTierIsToldTheNearestName) {
    const auto ceiling = read_request_ceiling(three_tiers(), "smal");
    ASSERT_FALSE(ceiling);
    EXPECT_EQ(ceiling.error().kind(), ErrorKind::InvalidRequest);
    EXPECT_EQ(ceiling.error().code(), "tier_unknown");
    EXPECT_EQ(ceiling.error().message(),
              "`x-tierway-max-tier` names the tier `smal`, which does not exist. Did you mean `small`?");
}

}  // namespace
}  // namespace tierway::policy
