#include "app/spend_query.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "tierway/base/did_you_mean.hpp"

namespace tierway::app {
namespace {

using std::chrono::hours;

constexpr hours kDay{24};
constexpr int kDaysBack = 29;
constexpr std::array<std::string_view, 7> kColumns{"class", "tier", "model", "key", "team", "day", "purpose"};

Error wrong(std::string sentence) {
    return Error::downstream(ErrorKind::InvalidRequest, "invalid_query", std::move(sentence));
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value >= 0 ? std::optional(value) : std::nullopt;
}

/// The day of that date in the zone. A date's noon in UTC lies within a day of it everywhere.
std::optional<WindowSpan> day_of(std::string_view text, const TimeZone& zone) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto year = number(text.substr(0, 4));
    const auto month = number(text.substr(5, 2));
    const auto day = number(text.substr(8, 2));
    if (!year || !month || !day || *year < 1970 || *year > 2200) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) {
        return std::nullopt;
    }
    const WallTime noon = std::chrono::sys_days(date) + hours(12);
    for (const hours shift : {hours(0), -kDay, kDay}) {
        if (day_name(zone, noon + shift) == text) {
            return window_at(Window::Day, zone, noon + shift);
        }
    }
    return std::nullopt;  // A day that the zone's calendar left out.
}

Result<WindowSpan> read_day(std::string_view name, std::string_view text, const TimeZone& zone, WallTime otherwise) {
    if (text.empty()) {
        return window_at(Window::Day, zone, otherwise);
    }
    if (const auto day = day_of(text, zone)) {
        return *day;
    }
    return wrong("`" + std::string(name) + "` must be a date such as `2026-11-01`, not `" + std::string(text.substr(0, 40)) +
                 "`.");
}

Result<store::SpendColumn> read_column(std::string_view name) {
    const auto column = store::spend_column_named(name);
    if (!column) {
        return wrong("Spending cannot be grouped by `" + std::string(name.substr(0, 40)) + "`." + did_you_mean(name, kColumns) +
                     " Write one or more of: class, tier, model, key, team, day, purpose.");
    }
    return *column;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return parts;
}

/// Of a value in a query: names of zones hold a slash, which some clients escape.
std::string unescaped(std::string text) {
    for (std::size_t at = text.find("%2F"); at != std::string::npos; at = text.find("%2F", at)) {
        text.replace(at, 3, "/");
    }
    return text;
}

}  // namespace

Result<store::SpendQuery> read_spend_question(const SpendQuestion& question, WallTime now) {
    store::SpendQuery query;
    if (!question.time_zone.empty()) {
        const auto zone = TimeZone::find(question.time_zone);
        if (!zone) {
            return wrong("`" + question.time_zone.substr(0, 40) + "` is no time zone: write a name such as `Europe/Berlin`.");
        }
        query.zone = *zone;
    }
    static const std::vector<std::string> kByDefault{"class", "tier", "model"};
    for (const std::string& name : question.by.empty() ? kByDefault : question.by) {
        auto column = read_column(name);
        if (!column) {
            return column.error();
        }
        if (std::find(query.by.begin(), query.by.end(), *column) != query.by.end()) {
            return wrong("`" + name + "` is listed twice.");
        }
        query.by.push_back(*column);
    }
    const auto since = read_day("since", question.since, query.zone, now - kDaysBack * kDay);
    if (!since) {
        return since.error();
    }
    const auto until = read_day("until", question.until, query.zone, now);
    if (!until) {
        return until.error();
    }
    query.from = since->begin;
    query.until = until->end;
    if (query.until <= query.from) {
        return wrong("`until` must not be before `since`.");
    }
    return query;
}

Result<store::SpendQuery> read_spend_target(std::string_view target, WallTime now) {
    SpendQuestion question;
    const std::size_t mark = target.find('?');
    for (const std::string& pair : split(mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1), '&')) {
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string name = pair.substr(0, equals);
        const std::string value = unescaped(pair.substr(std::min(equals + 1, pair.size())));
        if (name == "by") {
            question.by = split(value, ',');
        } else if (name == "since") {
            question.since = value;
        } else if (name == "until") {
            question.until = value;
        } else if (name == "time_zone") {
            question.time_zone = value;
        } else {
            return wrong("There is no parameter `" + name.substr(0, 40) + "`: write `by`, `since`, `until` or `time_zone`.");
        }
    }
    return read_spend_question(question, now);
}

}  // namespace tierway::app
