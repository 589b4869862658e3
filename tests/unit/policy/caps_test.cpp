#include "tierway/policy/caps.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace tierway::policy {
namespace {

config::RequestClass capped() {
    config::RequestClass request_class;
    request_class.name = "chat";
    request_class.caps = {
        .choices_max = 4, .output_tokens_max = 100, .prompt_tokens_max = 1'000, .images_max = 0, .tools_max = 2};
    return request_class;
}

TEST(CheckCaps, LetsPassWhatIsExactlyAtEveryCap) {
    Asked asked;
    asked.choices = 4;
    asked.output_tokens = 100;
    asked.prompt_tokens = 1'000;
    asked.tools = 2;
    EXPECT_TRUE(check_caps(capped(), asked));
}

TEST(CheckCaps, NamesTheFieldTheCapAndWhatWasAsked) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    struct Case {
        std::string_view param;
        std::int64_t Asked::*field;
        std::int64_t asked;
        std::string_view cap;
    };
    for (const Case& c : {Case{"n", &Asked::choices, 5, "4"}, Case{"messages", &Asked::prompt_tokens, kMost, "1000"},
                          Case{"messages", &Asked::images, 1, "0"}, Case{"tools", &Asked::tools, 3, "2"}}) {
        SCOPED_TRACE(c.param);
        Asked asked;
        asked.*c.field = c.asked;
        const auto checked = check_caps(capped(), asked);
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().kind(), ErrorKind::InvalidRequest);
        EXPECT_EQ(checked.error().code(), "class_cap_exceeded");
        EXPECT_EQ(checked.error().param(), c.param);
        const std::string message(checked.error().message());
        EXPECT_NE(message.find(std::to_string(c.asked)), std::string::npos) << message;
        EXPECT_NE(message.find("at most " + std::string(c.cap) + "."), std::string::npos) << message;
        EXPECT_NE(message.find("`chat`"), std::string::npos) << message;
    }
}

TEST(CheckCaps, NamesTheFieldByWhichTheRequestLimitsItsAnswer) {
    Asked asked;
    asked.output_tokens = 101;
    asked.output_tokens_field = "max_tokens";
    const auto checked = check_caps(capped(), asked);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().param(), "max_tokens");
}

TEST(CheckCaps, WithoutCapsOnlyTheNumberOfChoicesIsLimited) {
    Asked asked;
    asked.choices = config::RequestCaps().choices_max;
    asked.output_tokens = 1'000'000;
    asked.prompt_tokens = 1'000'000'000;
    asked.images = 10'000;
    asked.tools = 512;
    EXPECT_TRUE(check_caps(config::RequestClass(), asked));
    ++asked.choices;
    EXPECT_FALSE(check_caps(config::RequestClass(), asked));
}

}  // namespace
}  // namespace tierway::policy
