#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/time.hpp"

namespace date {
class time_zone;
}

namespace tierway {

/// A time zone of the IANA database ("UTC", "Europe/Berlin"), by the rules that the system's database (package tzdata) held when
/// the process first looked. Cheap to copy; valid for the life of the process; safe to share between threads. The database lists
/// changes of the clock up to 2037; later years go on with the zone's last offset.
class TimeZone {
public:
    /// UTC, which needs no database.
    TimeZone() noexcept = default;
    /// Names are those of the database, upper and lower case as there. Empty when it has no such zone, and for every zone but UTC
    /// when there is no database. Reads files the first time: for start-up and reload.
    static std::optional<TimeZone> find(std::string_view name);

    [[nodiscard]] std::string_view name() const noexcept;

    friend bool operator==(const TimeZone&, const TimeZone&) noexcept = default;

private:
    friend class ZoneCalendar;
    const date::time_zone* zone_ = nullptr;  ///< Null: UTC.
};

/// The lengths over which spending is limited.
enum class Window : std::uint8_t { Hour, Day, Month };
/// "hour", "day", "month".
std::string_view name_of(Window window) noexcept;
/// Empty when it is none of the names.
std::optional<Window> window_named(std::string_view name) noexcept;

/// A calendar window: from its first moment up to, not including, the first of the next.
struct WindowSpan {
    WallTime begin;
    WallTime end;

    friend bool operator==(const WindowSpan&, const WindowSpan&) = default;
};

/// The window that holds a moment, by the zone's calendar: a day may have 23 or 25 hours. The windows of one zone follow each
/// other without gap or overlap, so spending is counted in exactly one: a day or month begins when the zone's clock first shows
/// its date, even if the clock is set back over that midnight again, and an hour ends early where the clock is changed within it.
/// Pure. REQUIRES: `at` lies in the years 1900 to 2200.
WindowSpan window_at(Window window, const TimeZone& zone, WallTime at);

/// The date that names the day window of a moment in its zone, "2026-11-25". Pure. REQUIRES: as `window_at`.
std::string day_name(const TimeZone& zone, WallTime at);

}  // namespace tierway
