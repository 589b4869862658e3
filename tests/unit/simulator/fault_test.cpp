#include "simulator/fault.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tierway::simulator {
namespace {

Faults parsed(std::string_view text, std::string_view model = "sim-small") {
    const auto faults = parse_faults(text, model);
    EXPECT_TRUE(faults.has_value()) << text << ": " << (faults ? "" : faults.error().message());
    return faults ? *faults : Faults();
}

TEST(Faults, AreNoneWithoutDirectives) {
    for (const char* text : {"", " ", ",, ,", "\t\n"}) {
        const Faults faults = parsed(text);
        EXPECT_FALSE(faults.status || faults.delay || faults.right || faults.events || faults.usage || faults.silent ||
                     faults.no_done);
    }
}

TEST(Faults, ReadsEveryDirective) {
    const Faults faults = parsed(
        "status=503;retry_after=2;code=insufficient_quota;times=3;delay=500ms;first_token_delay=2s;pace=20ms;split=1;stall_after="
        "5;cut_after=6;"
        "reset_after=7;malformed_after=8;error_after=9;events=50;usage=1000/200/800/"
        "50;silent;error_in_200;no_done;no_usage;no_finish;comments;crlf;"
        "wrong;low_confidence;hedge;length;empty;refuse;refusal");
    EXPECT_EQ(faults.status, 503U);
    EXPECT_EQ(faults.retry_after_seconds, 2);
    EXPECT_EQ(faults.code, "insufficient_quota");
    EXPECT_EQ(faults.times, 3U);
    EXPECT_EQ(faults.delay, Milliseconds(500));
    EXPECT_EQ(faults.first_token_delay, Milliseconds(2000));
    EXPECT_EQ(faults.pace, Milliseconds(20));
    EXPECT_EQ(faults.split, 1U);
    EXPECT_EQ(faults.stall_after, 5U);
    EXPECT_EQ(faults.cut_after, 6U);
    EXPECT_EQ(faults.reset_after, 7U);
    EXPECT_EQ(faults.malformed_after, 8U);
    EXPECT_EQ(faults.error_after, 9U);
    EXPECT_EQ(faults.events, 50U);
    ASSERT_TRUE(faults.usage.has_value());
    EXPECT_EQ(faults.usage->prompt_tokens, 1000);
    EXPECT_EQ(faults.usage->completion_tokens, 200);
    EXPECT_EQ(faults.usage->cached_tokens, 800);
    EXPECT_EQ(faults.usage->reasoning_tokens, 50);
    EXPECT_TRUE(faults.silent && faults.error_in_200 && faults.no_done && faults.no_usage && faults.no_finish &&
                faults.comments && faults.crlf);
    EXPECT_TRUE(faults.hedge && faults.length && faults.empty && faults.refuse && faults.refusal);
    EXPECT_EQ(faults.right, false);
    EXPECT_EQ(faults.confident, false);
    EXPECT_EQ(parsed("right high_confidence").right, true);
    EXPECT_EQ(parsed("right high_confidence").confident, true);
    EXPECT_EQ(parsed("usage=7/3").usage->cached_tokens, 0);
}

TEST(Faults, ConcernOnlyTheModelTheyName) {
    const std::string_view text = "sim-small:status=429;retry_after=2, sim-mid:delay=1s pace=5ms";
    const Faults small = parsed(text, "sim-small");
    EXPECT_EQ(small.status, 429U);
    EXPECT_EQ(small.retry_after_seconds, 2);
    EXPECT_FALSE(small.delay.has_value());
    EXPECT_EQ(small.pace, Milliseconds(5));
    const Faults mid = parsed(text, "sim-mid");
    EXPECT_FALSE(mid.status.has_value());
    EXPECT_EQ(mid.delay, Milliseconds(1000));
    const Faults other = parsed(text, "sim-frontier");
    EXPECT_FALSE(other.status || other.delay);
    EXPECT_EQ(other.pace, Milliseconds(5));
    EXPECT_EQ(parsed("acme/m:8b:wrong", "acme/m:8b").right, false);
}

TEST(Faults, RefusesWhatItDoesNotKnowAndNamesWhatItKnows) {
    const auto faults = parse_faults("stauts=503", "sim-small");
    ASSERT_FALSE(faults.has_value());
    EXPECT_EQ(faults.error().kind(), ErrorKind::InvalidRequest);
    EXPECT_EQ(faults.error().code(), "invalid_simulate_directive");
    const std::string message(faults.error().message());
    EXPECT_NE(message.find("`stauts`"), std::string::npos);
    EXPECT_NE(message.find("Did you mean `status`?"), std::string::npos);
    EXPECT_NE(message.find("`first_token_delay`"), std::string::npos);
    EXPECT_NE(message.find("`refusal`"), std::string::npos);
}

TEST(Faults, RefusesValuesOutOfBounds) {
    for (const char* text : {"status",
                             "status=",
                             "status=200",
                             "status=600",
                             "status=abc",
                             "status=503x",
                             "delay=5",
                             "delay=-1s",
                             "delay=11m",
                             "delay=601s",
                             "delay=600001ms",
                             "silent=1",
                             "crlf=",
                             "split=0",
                             "split=65537",
                             "events=0",
                             "events=20001",
                             "retry_after=1.5",
                             "usage=1",
                             "usage=1/2/3/4/5",
                             "usage=1/2/3",
                             "usage=5/2/5/3",
                             "usage=a/b",
                             "usage=",
                             "times=0",
                             "code=Bad Code",
                             "code=",
                             "=",
                             ";",
                             "status=503;",
                             "other:nonsense",
                             ":status=99",
                             "stall_after=99999999999999999999"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_faults(text, "sim-small").has_value());
    }
}

}  // namespace
}  // namespace tierway::simulator
