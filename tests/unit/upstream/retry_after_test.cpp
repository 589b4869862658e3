#include "tierway/upstream/retry_after.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace tierway::upstream {
namespace {

using namespace std::chrono_literals;

// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
const WallTime kNow = WallTime{std::chrono::sys_days{std::chrono::year{1994} / 11 / 6}} + 8h + 49min + 37s;

TEST(ReadRetryAfter, ReadsWhatProvidersSend) {
    struct Case {
        const char* name;
        std::string_view retry_after;
        std::string_view retry_after_ms;
        Milliseconds wait;
    };
    for (const Case& c : {
             Case{"seconds", "2", "", 2s},
             Case{"zero", "0", "", 0s},
             Case{"a fraction", "1.5", "", 1'500ms},
             Case{"a long fraction is rounded up", "0.0012", "", 2ms},
             Case{"a fraction of zeros", "3.0000000", "", 3s},
             Case{"blanks around", " \t7 ", "", 7s},
             Case{"milliseconds", "", "250", 250ms},
             Case{"milliseconds with a fraction are rounded up", "", "250.25", 251ms},
             Case{"milliseconds win", "9", "250", 250ms},
             Case{"unusable milliseconds leave the seconds", "9", "soon", 9s},
             Case{"at most a day", "86401", "", 24h},
             Case{"far too many digits", "99999999999999999999999999999999999999", "", 24h},
             Case{"far too many digits of milliseconds", "", "99999999999999999999999999999999999999", 24h},
             Case{"a fraction beyond the day", "86400.9", "", 24h},
             Case{"a date to come", "Sun, 06 Nov 1994 08:49:40 GMT", "", 3s},
             Case{"a date gone by", "Sun, 06 Nov 1994 08:49:36 GMT", "", 0s},
             Case{"this very moment", "Sun, 06 Nov 1994 08:49:37 GMT", "", 0s},
             Case{"a date far away", "Sat, 06 Nov 2055 08:49:37 GMT", "", 24h},
             Case{"a leap second", "Sun, 06 Nov 1994 08:49:60 GMT", "", 23s},
             Case{"the next day", "Mon, 07 Nov 1994 00:00:00 GMT", "", 15h + 10min + 23s},
         }) {
        SCOPED_TRACE(c.name);
        const auto wait = read_retry_after(c.retry_after, c.retry_after_ms, kNow);
        ASSERT_TRUE(wait);
        EXPECT_EQ(wait->count(), c.wait.count());
    }
}

TEST(ReadRetryAfter, RoundsAPartOfAMillisecondToADateUp) {
    const WallTime now = kNow - std::chrono::microseconds{1};
    EXPECT_EQ(read_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", "", now), 1ms);
}

TEST(ReadRetryAfter, IgnoresWhatIsNoSuchValue) {
    for (const std::string_view value : {
             "",
             " ",
             "-1",
             "+1",
             "1e3",
             "0x10",
             ".5",
             "1.",
             "1..5",
             "1.5s",
             "1 2",
             "soon",
             "nan",
             "inf",
             "Sun, 06 Nov 1994 08:49:37",
             "Sun, 06 Nov 1994 08:49:37 CET",
             "Mon, 06 Nov 1994 08:49:37 GMT",
             "Sun, 6 Nov 1994 08:49:37 GMT",
             "Sun, 31 Feb 1994 08:49:37 GMT",
             "Sun, 06 Nov 1994 24:00:00 GMT",
             "Sun, 06 Nov 1994 08:60:00 GMT",
             "Sun, 06 Nov 1994 08:49:61 GMT",
             "unM, 06 Nov 1994 08:49:37 GMT",
             "Sun, 06 anF 1994 08:49:37 GMT",
             "Sun, 06 Nov 19x4 08:49:37 GMT",
             "Fri, 31 Dec 9999 23:59:59 GMT",
             "Sunday, 06-Nov-94 08:49:37 GMT",
             "Sun Nov  6 08:49:37 1994",
         }) {
        SCOPED_TRACE(std::string(value));
        EXPECT_FALSE(read_retry_after(value, "", kNow));
    }
}

}  // namespace
}  // namespace tierway::upstream
