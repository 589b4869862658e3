#include "tierway/base/calendar_window.hpp"

#include <date/date.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace tierway {
namespace {

using namespace std::chrono_literals;

// "2026-03-29 00:59:59" in UTC.
WallTime utc(const std::string& text) {
    std::istringstream stream(text);
    date::sys_seconds moment;
    stream >> date::parse("%F %T", moment);
    EXPECT_FALSE(stream.fail()) << text;
    return moment;
}

std::string text_of(WallTime moment) {
    return date::format("%F %T", date::floor<std::chrono::seconds>(moment));
}

TimeZone zone(std::string_view name) {
    const std::optional<TimeZone> found = TimeZone::find(name);
    EXPECT_TRUE(found) << name;
    return found.value_or(TimeZone());
}

std::string window_text(Window window, const TimeZone& in, const std::string& at) {
    const WindowSpan span = window_at(window, in, utc(at));
    return text_of(span.begin) + " / " + text_of(span.end);
}

TEST(TimeZone, IsUtcUnlessSaidOtherwise) {
    EXPECT_EQ(TimeZone().name(), "UTC");
    EXPECT_EQ(TimeZone::find("UTC"), TimeZone());
}

TEST(TimeZone, KnowsItsName) {
    EXPECT_EQ(zone("Europe/Berlin").name(), "Europe/Berlin");
    EXPECT_NE(zone("Europe/Berlin"), zone("Europe/Paris"));
}

TEST(TimeZone, FindsNothingForWhatIsNoZone) {
    const std::initializer_list<std::string_view> names{"",
                                                        "Europe/Atlantis",
                                                        "europe/berlin",
                                                        "Europe/Berlin ",
                                                        " UTC",
                                                        "utc",
                                                        "CEST",
                                                        "Europe",
                                                        "+02:00",
                                                        "localtime",
                                                        "right/UTC",
                                                        "../zoneinfo/UTC",
                                                        "/etc/localtime",
                                                        std::string_view("UTC\0", 4)};
    for (const std::string_view name : names) {
        EXPECT_FALSE(TimeZone::find(name)) << name;
    }
}

TEST(Window, NamesAreReadAsTheyAreWritten) {
    for (const Window window : {Window::Hour, Window::Day, Window::Month}) {
        EXPECT_EQ(window_named(name_of(window)), window);
    }
    EXPECT_EQ(name_of(Window::Month), "month");
    EXPECT_FALSE(window_named("week"));
    EXPECT_FALSE(window_named("Day"));
}

TEST(WindowAt, AgreesWithTheCalendar) {
    struct Case {
        const char* name;
        Window window;
        const char* zone;
        const char* at;
        const char* expected;
    };
    for (const Case& c : {
             Case{"an hour", Window::Hour, "UTC", "2026-11-25 20:59:59", "2026-11-25 20:00:00 / 2026-11-25 21:00:00"},
             Case{"its first moment", Window::Hour, "UTC", "2026-11-25 20:00:00", "2026-11-25 20:00:00 / 2026-11-25 21:00:00"},
             Case{"a day", Window::Day, "UTC", "2026-11-25 23:59:59", "2026-11-25 00:00:00 / 2026-11-26 00:00:00"},
             Case{"a month", Window::Month, "UTC", "2026-11-30 23:59:59", "2026-11-01 00:00:00 / 2026-12-01 00:00:00"},
             Case{"the year's last", Window::Month, "UTC", "2026-12-31 23:59:59", "2026-12-01 00:00:00 / 2027-01-01 00:00:00"},
             Case{"a leap February", Window::Month, "UTC", "2028-02-29 12:00:00", "2028-02-01 00:00:00 / 2028-03-01 00:00:00"},
             Case{"before 1970", Window::Day, "UTC", "1969-12-31 23:59:59", "1969-12-31 00:00:00 / 1970-01-01 00:00:00"},
             // Berlin: two hours before UTC's midnight the new day has begun.
             Case{"a summer's day", Window::Day, "Europe/Berlin", "2026-07-01 22:30:00",
                  "2026-07-01 22:00:00 / 2026-07-02 22:00:00"},
             Case{"of 23 hours", Window::Day, "Europe/Berlin", "2026-03-29 12:00:00",
                  "2026-03-28 23:00:00 / 2026-03-29 22:00:00"},
             Case{"of 25 hours", Window::Day, "Europe/Berlin", "2026-10-25 12:00:00",
                  "2026-10-24 22:00:00 / 2026-10-25 23:00:00"},
             Case{"a month with a change", Window::Month, "Europe/Berlin", "2026-03-29 12:00:00",
                  "2026-02-28 23:00:00 / 2026-03-31 22:00:00"},
             Case{"a month's end by the zone", Window::Month, "America/New_York", "2026-12-01 04:59:59",
                  "2026-11-01 04:00:00 / 2026-12-01 05:00:00"},
             // The clock shows 02:00 to 03:00 twice; each is an hour of its own.
             Case{"the repeated hour, first", Window::Hour, "Europe/Berlin", "2026-10-25 00:30:00",
                  "2026-10-25 00:00:00 / 2026-10-25 01:00:00"},
             Case{"the repeated hour, second", Window::Hour, "Europe/Berlin", "2026-10-25 01:30:00",
                  "2026-10-25 01:00:00 / 2026-10-25 02:00:00"},
             Case{"half an hour ahead", Window::Hour, "Asia/Kolkata", "2026-11-25 20:45:00",
                  "2026-11-25 20:30:00 / 2026-11-25 21:30:00"},
             Case{"a day half an hour ahead", Window::Day, "Asia/Kolkata", "2026-11-25 18:30:00",
                  "2026-11-25 18:30:00 / 2026-11-26 18:30:00"},
             Case{"three quarters ahead", Window::Day, "Asia/Kathmandu", "2026-11-25 18:14:59",
                  "2026-11-24 18:15:00 / 2026-11-25 18:15:00"},
             // Lord Howe changes by half an hour: back from 02:00 to 01:30, on from 02:00 to 02:30.
             Case{"an hour that is repeated by half", Window::Hour, "Australia/Lord_Howe", "2026-04-04 14:50:00",
                  "2026-04-04 14:00:00 / 2026-04-04 15:00:00"},
             Case{"its second half", Window::Hour, "Australia/Lord_Howe", "2026-04-04 15:10:00",
                  "2026-04-04 15:00:00 / 2026-04-04 15:30:00"},
             Case{"an hour that begins by half", Window::Hour, "Australia/Lord_Howe", "2026-10-03 15:40:00",
                  "2026-10-03 15:30:00 / 2026-10-03 16:00:00"},
             // Havana sets the clock from 01:00 back to 00:00: midnight comes twice on that day.
             Case{"a midnight that comes twice", Window::Day, "America/Havana", "2026-11-01 05:30:00",
                  "2026-11-01 04:00:00 / 2026-11-02 05:00:00"},
             // Santiago sets it from 24:00 on to 01:00: the day begins at 01:00.
             Case{"a midnight that never comes", Window::Day, "America/Santiago", "2026-09-06 12:00:00",
                  "2026-09-06 04:00:00 / 2026-09-07 03:00:00"},
             // Until 2011 St. John's set it from 00:01 back to 23:01 of the day before.
             Case{"back over midnight: the day before", Window::Day, "America/St_Johns", "2010-11-07 02:29:59",
                  "2010-11-06 02:30:00 / 2010-11-07 02:30:00"},
             Case{"back over midnight: the day goes on", Window::Day, "America/St_Johns", "2010-11-07 03:00:00",
                  "2010-11-07 02:30:00 / 2010-11-08 03:30:00"},
             // Apia skipped the thirtieth of December 2011.
             Case{"a day that never was: before", Window::Day, "Pacific/Apia", "2011-12-30 09:59:59",
                  "2011-12-29 10:00:00 / 2011-12-30 10:00:00"},
             Case{"a day that never was: after", Window::Day, "Pacific/Apia", "2011-12-30 10:00:00",
                  "2011-12-30 10:00:00 / 2011-12-31 10:00:00"},
         }) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(window_text(c.window, zone(c.zone), c.at), c.expected);
    }
}

TEST(WindowAt, HoldsTheLastFractionOfASecond) {
    const WallTime last = utc("2026-11-25 23:59:59") + 999ms;
    EXPECT_EQ(text_of(window_at(Window::Day, TimeZone(), last).end), "2026-11-26 00:00:00");
    EXPECT_EQ(text_of(window_at(Window::Day, TimeZone(), last + 1ms).begin), "2026-11-26 00:00:00");
}

TEST(WindowAt, WindowsFollowEachOtherWithoutGapOrOverlap) {
    for (const std::string_view name :
         {"UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Havana", "America/Santiago",
          "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca"}) {
        const TimeZone in = zone(name);
        for (const Window window : {Window::Hour, Window::Day, Window::Month}) {
            SCOPED_TRACE(std::string(name) + " " + std::string(name_of(window)));
            const WallTime until = window == Window::Hour ? utc("2012-01-02 00:00:00") : utc("2013-01-02 00:00:00");
            for (WallTime at = window_at(window, in, utc("2010-10-01 00:00:00")).end; at < until;) {
                const WindowSpan span = window_at(window, in, at);
                ASSERT_EQ(text_of(span.begin), text_of(at));
                ASSERT_LT(span.begin, span.end);
                ASSERT_EQ(window_at(window, in, span.begin + (span.end - span.begin) / 3), span) << text_of(span.begin);
                ASSERT_EQ(window_at(window, in, span.end - 1ns), span) << text_of(span.begin);
                at = span.end;
            }
        }
    }
}

TEST(DayName, IsTheDateOfTheZone) {
    EXPECT_EQ(day_name(TimeZone(), utc("2026-11-25 23:59:59")), "2026-11-25");
    EXPECT_EQ(day_name(zone("Europe/Berlin"), utc("2026-11-25 23:00:00")), "2026-11-26");
    EXPECT_EQ(day_name(zone("America/St_Johns"), utc("2010-11-07 03:00:00")), "2010-11-07");
}

}  // namespace
}  // namespace tierway
