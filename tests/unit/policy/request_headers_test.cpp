#include <gtest/gtest.h>

#include "policy/three_tiers.hpp"
#include "tierway/policy/declared_class.hpp"
#include "tierway/policy/request_ceiling.hpp"

namespace tierway::policy {
namespace {

using namespace testing;

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
