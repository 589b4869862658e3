#include "tierway/base/calendar_window.hpp"

#include <date/tz.h>

#include <array>
#include <chrono>
#include <exception>

namespace tierway {
namespace {

using date::local_days;
using date::local_seconds;
using date::sys_seconds;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::array<std::string_view, 3> kNames{"hour", "day", "month"};

}  // namespace

/// What windows ask of a zone; UTC is answered without the database.
class ZoneCalendar {
public:
    explicit ZoneCalendar(const TimeZone& zone) noexcept : zone_(zone.zone_) {}

    [[nodiscard]] local_seconds clock_at(sys_seconds at) const {
        return local_seconds(at.time_since_epoch() + (zone_ == nullptr ? seconds(0) : zone_->get_info(at).offset));
    }

    /// The first moment at which the clock shows a midnight; where it skips that midnight, the moment it does.
    [[nodiscard]] sys_seconds first_moment(local_days midnight) const {
        return zone_ == nullptr ? sys_seconds(midnight.time_since_epoch()) : zone_->to_sys(midnight, date::choose::earliest);
    }

    /// The hour of the clock around a moment, cut at a change of the clock.
    [[nodiscard]] WindowSpan hour_around(sys_seconds at) const {
        const date::local_time<hours> hour = date::floor<hours>(clock_at(at));
        sys_seconds begin = at - (clock_at(at) - hour);
        sys_seconds end = begin + hours(1);
        if (zone_ != nullptr) {
            const date::sys_info info = zone_->get_info(at);
            // Some entries change only the name of the time; those cut nothing.
            if (begin < info.begin && zone_->get_info(info.begin - seconds(1)).offset != info.offset) {
                begin = info.begin;
            }
            if (info.end < end && zone_->get_info(info.end).offset != info.offset) {
                end = info.end;
            }
        }
        return {begin, end};
    }

    /// The date whose day is counted at a moment. Where the clock is set back over midnight it shows the old date again; the new
    /// day has begun all the same.
    [[nodiscard]] local_days day_at(sys_seconds at) const {
        const local_days day = date::floor<date::days>(clock_at(at));
        return at < first_moment(day + date::days(1)) ? day : day + date::days(1);
    }

private:
    const date::time_zone* zone_;
};

namespace {

sys_seconds whole_seconds(WallTime at) {
    return date::floor<seconds>(at);
}

}  // namespace

std::optional<TimeZone> TimeZone::find(std::string_view name) {
    TimeZone found;
    // The system's files also list the machine's own setting, which is another zone on another machine.
    if (name == "localtime") {
        return std::nullopt;
    }
    if (name == "UTC") {
        return found;
    }
    // The library reports an unknown name, a missing database and a damaged file by throwing; the last of them only on first use.
    try {
        found.zone_ = date::locate_zone(name);
        found.zone_->get_info(sys_seconds{});
    } catch (const std::exception&) {
        return std::nullopt;
    }
    return found;
}

std::string_view TimeZone::name() const noexcept {
    return zone_ == nullptr ? std::string_view("UTC") : std::string_view(zone_->name());
}

std::string_view name_of(Window window) noexcept {
    return kNames[static_cast<std::size_t>(window)];
}

std::optional<Window> window_named(std::string_view name) noexcept {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == name) {
            return static_cast<Window>(i);
        }
    }
    return std::nullopt;
}

WindowSpan window_at(Window window, const TimeZone& zone, WallTime at) {
    const ZoneCalendar calendar(zone);
    const sys_seconds moment = whole_seconds(at);
    if (window == Window::Hour) {
        return calendar.hour_around(moment);
    }
    const local_days day = calendar.day_at(moment);
    if (window == Window::Day) {
        return {calendar.first_moment(day), calendar.first_moment(day + date::days(1))};
    }
    const date::year_month_day date(day);
    const date::year_month month = date.year() / date.month();
    return {calendar.first_moment(local_days(month / 1)), calendar.first_moment(local_days((month + date::months(1)) / 1))};
}

std::string day_name(const TimeZone& zone, WallTime at) {
    return date::format("%F", ZoneCalendar(zone).day_at(whole_seconds(at)));
}

}  // namespace tierway
