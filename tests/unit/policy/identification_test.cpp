#include "tierway/policy/identification.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policy/three_tiers.hpp"

namespace tierway::policy {
namespace {

using namespace testing;

constexpr WallTime kNow{std::chrono::hours(500'000)};
constexpr const char* kGood = "tw-good";
constexpr const char* kNext = "tw-good-next";
constexpr const char* kOld = "tw-old";

using Fields = std::vector<wire::HttpField>;

class Identify : public ::testing::Test {
protected:
    Identify() {
        add_key(snapshot_, {}, "good");
        snapshot_.keys[0].digests = {sha256(kGood), sha256(kNext)};
        add_key(snapshot_, {}, "old");
        snapshot_.keys[1].digests = {sha256(kOld)};
        snapshot_.keys[1].expires = kNow;
        snapshot_.key_ring = config::KeyRing(snapshot_.keys);
    }
    [[nodiscard]] Result<const Principal*> identify_by(const Fields& sent, WallTime now = kNow) const {
        wire::HttpFields fields;
        fields.add("Host", "gateway.test");
        for (const wire::HttpField& field : sent) {
            fields.add(field.name, field.value);
        }
        return identify(snapshot_, fields, now);
    }

    config::Snapshot snapshot_ = three_tiers();
};

TEST_F(Identify, KnowsAKeyInEachHeaderThatSdksUse) {
    for (const Fields& sent :
         {Fields{{"Authorization", "Bearer tw-good"}}, Fields{{"authorization", "bearer tw-good"}},
          Fields{{"AUTHORIZATION", "BEARER   tw-good"}}, Fields{{"x-api-key", "tw-good"}}, Fields{{"X-Api-Key", "tw-good"}},
          Fields{{"api-key", "tw-good"}}, Fields{{"Authorization", "Bearer tw-good-next"}},
          Fields{{"Authorization", "Bearer tw-good"}, {"x-api-key", "tw-good"}, {"api-key", "tw-good"}},
          Fields{{"Authorization", "Bearer"}, {"x-api-key", "tw-good"}},
          Fields{{"Authorization", ""}, {"x-api-key", "tw-good"}}}) {
        SCOPED_TRACE(std::string(sent[0].name) + ": " + std::string(sent[0].value));
        const auto principal = identify_by(sent);
        ASSERT_TRUE(principal);
        EXPECT_EQ((*principal)->id, "good");
        EXPECT_EQ(*principal, &snapshot_.keys[0].principal) << "nothing is copied";
    }
}

TEST_F(Identify, WithoutAKeySaysThatItIsMissing) {
    for (const Fields& sent : {Fields{}, Fields{{"Authorization", "Bearer"}}, Fields{{"Authorization", ""}},
                               Fields{{"x-api-key", ""}}, Fields{{"x-apikey", "tw-good"}}, Fields{{"x-tierway-key", "tw-good"}},
                               Fields{{"Proxy-Authorization", "Bearer tw-good"}}, Fields{{"Cookie", "api-key=tw-good"}}}) {
        const auto principal = identify_by(sent);
        ASSERT_FALSE(principal);
        EXPECT_EQ(principal.error().kind(), ErrorKind::Unauthorized);
        EXPECT_EQ(principal.error().code(), "missing_api_key");
    }
}

TEST_F(Identify, UnknownExpiredAndMalformedKeysAreAllTheSame) {
    const std::string endless(513, 'x');
    const std::string bearer = "Bearer " + endless;
    const std::string digest = hex_of(sha256(kGood));
    std::string message;
    for (const Fields& sent : {Fields{{"Authorization", "Bearer sk-anything"}}, Fields{{"Authorization", "Bearer tw-old"}},
                               Fields{{"Authorization", "Bearer TW-GOOD"}}, Fields{{"Authorization", "Bearer tw-good "}},
                               Fields{{"Authorization", "Bearer tw-good tw-good"}}, Fields{{"Authorization", "Basic tw-good"}},
                               Fields{{"Authorization", "tw-good"}}, Fields{{"x-api-key", "Bearer tw-good"}},
                               Fields{{"Authorization", bearer}}, Fields{{"api-key", endless}}, Fields{{"x-api-key", digest}}}) {
        SCOPED_TRACE(std::string(sent[0].name) + ": " + std::string(sent[0].value));
        const auto principal = identify_by(sent);
        ASSERT_FALSE(principal);
        EXPECT_EQ(principal.error().kind(), ErrorKind::Unauthorized);
        EXPECT_EQ(principal.error().code(), "invalid_api_key");
        EXPECT_TRUE(message.empty() || message == principal.error().message());
        message = principal.error().message();
    }
}

TEST_F(Identify, AKeyIsKnownUntilItExpires) {
    EXPECT_TRUE(identify_by({{"api-key", kOld}}, kNow - std::chrono::seconds(1)));
    EXPECT_FALSE(identify_by({{"api-key", kOld}}, kNow));
}

TEST_F(Identify, DifferentKeysAreAConflictWhicheverIsGood) {
    for (const Fields& sent : {Fields{{"Authorization", "Bearer tw-good"}, {"x-api-key", "tw-old"}},
                               Fields{{"x-api-key", "tw-good"}, {"api-key", "x"}},
                               Fields{{"Authorization", "Bearer tw-good"}, {"Authorization", "Bearer tw-good-next"}},
                               Fields{{"x-api-key", "a"}, {"x-api-key", "b"}, {"x-api-key", "a"}},
                               Fields{{"Authorization", "Basic abc"}, {"x-api-key", "tw-good"}}}) {
        const auto principal = identify_by(sent);
        ASSERT_FALSE(principal);
        EXPECT_EQ(principal.error().kind(), ErrorKind::InvalidRequest);
        EXPECT_EQ(principal.error().code(), "conflicting_api_keys");
        EXPECT_EQ(principal.error().message().find("tw-"), std::string_view::npos);
    }
}

TEST_F(Identify, WithoutConfiguredKeysEverybodyIsLocal) {
    snapshot_.keys.clear();
    for (const Fields& sent : {Fields{}, Fields{{"Authorization", "Bearer a"}, {"x-api-key", "b"}}}) {
        const auto principal = identify_by(sent);
        ASSERT_TRUE(principal);
        EXPECT_EQ((*principal)->id, "local");
        EXPECT_FALSE((*principal)->key);
    }
}

}  // namespace
}  // namespace tierway::policy
