#include "tracing/export_rules.hpp"

#include <gtest/gtest.h>

namespace tierway::tracing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ExportRules, TakeEverySuccessForOne) {
    EXPECT_TRUE(is_taken(200));
    EXPECT_TRUE(is_taken(204));
    EXPECT_FALSE(is_taken(0));
    EXPECT_FALSE(is_taken(302));
    EXPECT_FALSE(is_taken(400));
}

TEST(ExportRules, SendAgainWhatMayPass) {
    for (const unsigned status : {0U, 429U, 502U, 503U, 504U}) {
        EXPECT_TRUE(wait_before_retry(status, {}, 1, 0.5)) << status;
    }
}

TEST(ExportRules, GiveUpWhatWouldBeRefusedAgain) {
    for (const unsigned status : {301U, 400U, 401U, 403U, 404U, 413U, 415U, 500U, 501U}) {
        EXPECT_FALSE(wait_before_retry(status, {}, 1, 0.5)) << status;
    }
}

TEST(ExportRules, WaitLongerEachTimeAndThenGiveUp) {
    for (unsigned tries = 1; tries <= 4; ++tries) {
        const milliseconds longest(1'000U << (tries - 1));
        EXPECT_EQ(wait_before_retry(503, {}, tries, 0.0), longest / 2);
        EXPECT_EQ(wait_before_retry(503, {}, tries, 1.0), longest);
    }
    EXPECT_FALSE(wait_before_retry(503, {}, 5, 0.5));
    EXPECT_FALSE(wait_before_retry(503, {}, 500, 0.5));
}

TEST(ExportRules, KeepToWhatTheCollectorAsksFor) {
    EXPECT_EQ(wait_before_retry(429, seconds(7), 1, 0.9), seconds(7));
    EXPECT_EQ(wait_before_retry(503, milliseconds(0), 4, 0.9), milliseconds(0));
    EXPECT_EQ(wait_before_retry(503, seconds(60), 1, 0.9), seconds(60));
}

TEST(ExportRules, DoNotWaitLongerThanSpansCan) {
    EXPECT_FALSE(wait_before_retry(429, seconds(61), 1, 0.9));
}

TEST(ExportRules, ReadWhatACollectorDidNotTake) {
    const Rejection rejection = rejection_in(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}})");
    EXPECT_EQ(rejection.spans, 3U);
    EXPECT_EQ(rejection.why, "too old");
    EXPECT_EQ(rejection_in(R"({"partialSuccess":{"rejectedSpans":4}})").spans, 4U);
}

TEST(ExportRules, RejectNothingWhenNothingIsSaid) {
    for (const std::string_view body : {"", "{}", "ok", R"({"partialSuccess":{}})", R"({"partialSuccess":null})",
                                        R"({"partialSuccess":{"rejectedSpans":"-1"}})", R"({"partialSuccess":{"rejectedSpans":"many"}})", "[1]"}) {
        EXPECT_EQ(rejection_in(body).spans, 0U) << body;
    }
}

TEST(ExportRules, RepeatOnlySoMuchOfWhatACollectorSays) {
    const std::string body = R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":")" + std::string(10'000, 'x') + R"("}})";
    EXPECT_EQ(rejection_in(body).why.size(), 256U);
}

}  // namespace
}  // namespace tierway::tracing
