#include "admin/access.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

namespace tierway::admin {
namespace {

using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// 0 when the request is answered.
unsigned status_of(const Access& access, Audience audience, Fields sent, std::string_view method = "GET") {
    wire::HttpFields fields;
    for (const auto& [name, value] : sent) {
        fields.add(name, value);
    }
    const auto refusal = access.refusal(audience, method, fields);
    return refusal ? refusal->status : 0;
}

const Access& open_access() {
    static const Access access{Secret()};
    return access;
}

const Access& token_access() {
    static const Access access{Secret("correct horse battery")};
    return access;
}

TEST(Access, AnswersProbesWhoeverTheyAre) {
    EXPECT_EQ(status_of(open_access(), Audience::Everybody, {{"Host", "evil.example"}}), 0U);
    EXPECT_EQ(status_of(token_access(), Audience::Everybody, {{"Host", "10.1.2.3:8081"}}), 0U);
}

TEST(Access, WithATokenAsksOperatorsForExactlyThatToken) {
    const auto status = [](std::string_view authorization) {
        return status_of(token_access(), Audience::Operators, {{"Host", "gateway:8081"}, {"Authorization", authorization}});
    };
    EXPECT_EQ(status("Bearer correct horse battery"), 0U);
    EXPECT_EQ(status("bearer   correct horse battery"), 0U);
    for (const std::string_view wrong :
         {"", "Bearer", "Bearer ", "Bearer correct horse batter", "Bearer correct horse battery2", "Bearer CORRECT HORSE BATTERY",
          "Basic correct horse battery", "correct horse battery"}) {
        EXPECT_EQ(status(wrong), 401U) << wrong;
    }
    EXPECT_EQ(status_of(token_access(), Audience::Operators, {{"Host", "127.0.0.1"}}), 401U);
}

TEST(Access, RefusesTwoTokensEvenIfOneIsRight) {
    EXPECT_EQ(status_of(token_access(), Audience::Operators,
                        {{"Authorization", "Bearer correct horse battery"}, {"Authorization", "Bearer wrong"}}),
              401U);
}

TEST(Access, WithATokenGivesBrowsersThePageThatAsksForIt) {
    EXPECT_EQ(status_of(token_access(), Audience::Browsers, {{"Host", "gateway.example"}}), 0U);
}

TEST(Access, WithoutATokenAnswersToNamesOfThisMachineOnly) {
    for (const std::string_view own : {"127.0.0.1:8081", "127.0.0.1", "127.8.0.1:1", "[::1]:8081", "[::1]", "localhost", "LOCALHOST:9",
                                       "ui.localhost:8081"}) {
        EXPECT_EQ(status_of(open_access(), Audience::Operators, {{"Host", own}}), 0U) << own;
        EXPECT_EQ(status_of(open_access(), Audience::Browsers, {{"Host", own}}), 0U) << own;
    }
    for (const std::string_view other : {"", "evil.example:8081", "10.0.0.1:8081", "localhost.evil.example", "127.0.0.1.evil.example",
                                         "notlocalhost", "[::2]", "[::1", "::1", "0.0.0.0:8081", "2130706433"}) {
        EXPECT_EQ(status_of(open_access(), Audience::Operators, {{"Host", other}}), 403U) << other;
        EXPECT_EQ(status_of(open_access(), Audience::Browsers, {{"Host", other}}), 403U) << other;
    }
}

TEST(Access, WithoutATokenNoOtherSitePosts) {
    const auto status = [](std::string_view origin) {
        return status_of(open_access(), Audience::Operators, {{"Host", "127.0.0.1:8081"}, {"Origin", origin}}, "POST");
    };
    EXPECT_EQ(status("http://127.0.0.1:8081"), 0U);
    for (const std::string_view foreign : {"https://evil.example", "null", "http://127.0.0.1:8080", "http://localhost:8081", "//"}) {
        EXPECT_EQ(status(foreign), 403U) << foreign;
    }
    EXPECT_EQ(status_of(open_access(), Audience::Operators, {{"Host", "127.0.0.1:8081"}}, "POST"), 0U) << "no browser";
}

}  // namespace
}  // namespace tierway::admin
