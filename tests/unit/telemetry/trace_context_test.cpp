#include "tierway/telemetry/trace_context.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>
#include <string>

namespace tierway::telemetry {
namespace {

constexpr std::string_view kTrace = "0af7651916cd43dd8448eb211c80319c";
constexpr std::string_view kSpan = "b7ad6b7169203331";

std::string traceparent(std::string_view version, std::string_view trace, std::string_view span, std::string_view flags) {
    return std::string(version).append("-").append(trace).append("-").append(span).append("-").append(flags);
}

TEST(Traceparent, IsReadAsItWasWritten) {
    for (const std::string_view flags : {"00", "01", "02", "03"}) {
        const std::string text = traceparent("00", kTrace, kSpan, flags);
        const auto context = read_traceparent(text);
        ASSERT_TRUE(context) << text;
        EXPECT_EQ(context->trace, (TraceId{0x0af7651916cd43dd, 0x8448eb211c80319c}));
        EXPECT_EQ(context->span, SpanId{0xb7ad6b7169203331});
        std::string written;
        append_traceparent(written, *context);
        EXPECT_EQ(written, text);
    }
}

TEST(Traceparent, SaysWhetherTheTraceIsRecorded) {
    EXPECT_TRUE(read_traceparent(traceparent("00", kTrace, kSpan, "01"))->is_sampled());
    EXPECT_FALSE(read_traceparent(traceparent("00", kTrace, kSpan, "00"))->is_sampled());
    EXPECT_FALSE(read_traceparent(traceparent("00", kTrace, kSpan, "fe"))->is_sampled());
}

TEST(Traceparent, KeepsNoFlagThatNobodyKnows) {
    EXPECT_EQ(read_traceparent(traceparent("00", kTrace, kSpan, "ff"))->flags, 0x03);
}

TEST(Traceparent, OfAHigherVersionIsReadAsFarAsItIsKnown) {
    for (const std::string& text :
         {traceparent("01", kTrace, kSpan, "01"), traceparent("cc", kTrace, kSpan, "01") + "-what-the-future-says",
          traceparent("fe", kTrace, kSpan, "01") + "-"}) {
        ASSERT_TRUE(read_traceparent(text)) << text;
        std::string written;
        append_traceparent(written, *read_traceparent(text));
        EXPECT_EQ(written, traceparent("00", kTrace, kSpan, "01"));
    }
}

TEST(Traceparent, ThatIsNotValidCountsAsNone) {
    const std::string good = traceparent("00", kTrace, kSpan, "01");
    const std::array<std::string, 19> bad{
        "",
        "00",
        good.substr(0, good.size() - 1),
        good + "-",
        good + "0",
        good + "-future",
        traceparent("ff", kTrace, kSpan, "01"),
        traceparent("ff", kTrace, kSpan, "01") + "-future",
        traceparent("01", kTrace, kSpan, "01") + "0",
        traceparent("0A", kTrace, kSpan, "01"),
        traceparent("00", "0AF7651916CD43DD8448EB211C80319C", kSpan, "01"),
        traceparent("00", kTrace, "B7AD6B7169203331", "01"),
        traceparent("00", kTrace, kSpan, "0F"),
        traceparent("00", std::string(32, '0'), kSpan, "01"),
        traceparent("00", kTrace, std::string(16, '0'), "01"),
        traceparent("00", "0af7651916cd43dd8448eb211c80319g", kSpan, "01"),
        traceparent("00", kTrace, kSpan, "+1"),
        traceparent("00", kTrace, kSpan, "01").replace(35, 1, "_"),
        " " + good,
    };
    for (const std::string& text : bad) {
        EXPECT_FALSE(read_traceparent(text)) << text;
    }
}

TEST(Tracestate, IsHandedOnWhenItIsValid) {
    const std::array<std::string, 6> good{"rojo=00f067aa0ba902b7",     "a=1,b=2", "tenant@vendor=x y,0a_-*/=~", "a=1 ,\t b=2,,",
                                          "a=" + std::string(256, 'x'), std::string(240, 'k') + "=" + std::string(256, 'v')};
    for (const std::string& text : good) {
        EXPECT_TRUE(is_valid_tracestate(text)) << text;
    }
}

TEST(Tracestate, IsDroppedWhenItIsNot) {
    std::string members;
    for (int i = 0; i < 33; ++i) {
        members += "k" + std::to_string(i) + "=1,";
    }
    const std::string too_long = "a=" + std::string(200, 'x') + ",b=" + std::string(200, 'x') + ",c=" + std::string(200, 'x');
    const std::array<std::string, 18> bad{"",        ",",      "a",           "=1",     "a=",   "A=1",
                                          "a=1,a=2", "a=b=c",  "a@=1",        "a@b@c=1", "_a=1", "a=\xc3\xa9",
                                          "a=\x01",  "a =1",   "a=" + std::string(257, 'x'), std::string(257, 'k') + "=1", members, too_long};
    for (const std::string& text : bad) {
        EXPECT_FALSE(is_valid_tracestate(text)) << text;
    }
}

TEST(Sampling, KeepsTheShareItWasGiven) {
    TraceIdSource ids(7);
    constexpr int kTraces = 20'000;
    for (const double share : {0.0, 0.01, 0.1, 0.5, 1.0}) {
        int sampled = 0;
        for (int i = 0; i < kTraces; ++i) {
            sampled += is_sampled(ids.next_trace(), share) ? 1 : 0;
        }
        // Five standard deviations.
        EXPECT_NEAR(sampled, kTraces * share, 5 * std::sqrt(kTraces * share * (1 - share)));
    }
}

TEST(Sampling, IsTheSameForAllWhoSeeTheTrace) {
    // The threshold is on the seven rightmost bytes: what a smaller share keeps, a larger one keeps too.
    EXPECT_TRUE(is_sampled({1, 0x00ff'ffff'ffff'ffff}, 0.000001));
    EXPECT_FALSE(is_sampled({1, 0}, 0.999999));
    EXPECT_TRUE(is_sampled({1, 0x0080'0000'0000'0000}, 0.5));
    EXPECT_FALSE(is_sampled({1, 0x007f'ffff'ffff'ffff}, 0.5));
    EXPECT_TRUE(is_sampled({0, 1}, 1.0));
}

TEST(TraceIdSource, NeverNamesTwoThingsAlike) {
    TraceIdSource ids;
    std::set<std::array<char, TraceId::kTextSize>> traces;
    std::set<std::array<char, SpanId::kTextSize>> spans;
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_TRUE(traces.insert(ids.next_trace().text()).second);
        EXPECT_TRUE(spans.insert(ids.next_span().text()).second);
    }
}

}  // namespace
}  // namespace tierway::telemetry
