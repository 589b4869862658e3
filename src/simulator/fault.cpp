#include "simulator/fault.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "tierway/base/did_you_mean.hpp"

namespace tierway::simulator {
namespace {

constexpr std::int64_t kDurationMax = 10 * 60 * 1000;
constexpr std::uint64_t kCountMax = 20'000;
constexpr std::uint64_t kSplitMax = 64 * 1024;
constexpr std::uint64_t kUsageMax = 1'000'000'000;

/// Takes a value; false when it is none. The second part of each entry says what it should have been.
using Setter = bool (*)(Faults&, std::string_view);

struct Directive {
    std::string_view name;
    std::string_view expects;  ///< Empty: takes no value.
    Setter set;
};

std::optional<std::uint64_t> number(std::string_view text, std::uint64_t min, std::uint64_t max) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty() || value < min || value > max) {
        return std::nullopt;
    }
    return value;
}

template <class T>
bool set_number(std::optional<T>& target, std::string_view text, std::uint64_t min, std::uint64_t max) {
    const auto value = number(text, min, max);
    if (value) {
        target = static_cast<T>(*value);
    }
    return value.has_value();
}

bool set_duration(std::optional<Milliseconds>& target, std::string_view text) {
    const bool milliseconds = text.ends_with("ms");
    if (!milliseconds && !text.ends_with('s')) {
        return false;
    }
    const std::int64_t unit = milliseconds ? 1 : 1000;
    text.remove_suffix(milliseconds ? 2 : 1);
    const auto value = number(text, 0, static_cast<std::uint64_t>(kDurationMax / unit));
    if (value) {
        target = Milliseconds(static_cast<std::int64_t>(*value) * unit);
    }
    return value.has_value();
}

bool set_code(Faults& faults, std::string_view text) {
    const bool plain = !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
    faults.code = plain ? text : "";
    return plain;
}

bool set_usage(Faults& faults, std::string_view text) {
    std::array<std::int64_t, 4> counts{};
    std::size_t given = 0;
    while (given < counts.size()) {
        const std::size_t slash = text.find('/');
        const auto count = number(text.substr(0, slash), 0, kUsageMax);
        if (!count) {
            return false;
        }
        counts[given++] = static_cast<std::int64_t>(*count);
        if (slash == std::string_view::npos) {
            // Cached tokens are part of the prompt's and reasoning tokens part of the completion's (WIRE.md section 1.3).
            FixedUsage usage;
            usage.prompt_tokens = counts[0];
            usage.completion_tokens = counts[1];
            usage.cached_tokens = counts[2];
            usage.reasoning_tokens = counts[3];
            faults.usage = usage;
            return given >= 2 && counts[2] <= counts[0] && counts[3] <= counts[1];
        }
        text.remove_prefix(slash + 1);
    }
    return false;
}

constexpr std::string_view kDuration = "a duration such as 500ms or 2s, at most 10 minutes";
constexpr std::string_view kEvents = "a number of events from 0 to 20000";

constexpr std::array kDirectives{
    Directive{"status", "an HTTP status from 400 to 599",
              [](Faults& f, std::string_view v) { return set_number(f.status, v, 400, 599); }},
    Directive{"retry_after", "whole seconds from 0 to 86400",
              [](Faults& f, std::string_view v) { return set_number(f.retry_after_seconds, v, 0, 86'400); }},
    Directive{"code", "an error code of lower-case letters, digits and underscores", set_code},
    Directive{"times", "a number of requests from 1 to 20000",
              [](Faults& f, std::string_view v) { return set_number(f.times, v, 1, kCountMax); }},
    Directive{"delay", kDuration, [](Faults& f, std::string_view v) { return set_duration(f.delay, v); }},
    Directive{"first_token_delay", kDuration, [](Faults& f, std::string_view v) { return set_duration(f.first_token_delay, v); }},
    Directive{"pace", kDuration, [](Faults& f, std::string_view v) { return set_duration(f.pace, v); }},
    Directive{"split", "a number of bytes from 1 to 65536",
              [](Faults& f, std::string_view v) { return set_number(f.split, v, 1, kSplitMax); }},
    Directive{"stall_after", kEvents, [](Faults& f, std::string_view v) { return set_number(f.stall_after, v, 0, kCountMax); }},
    Directive{"cut_after", kEvents, [](Faults& f, std::string_view v) { return set_number(f.cut_after, v, 0, kCountMax); }},
    Directive{"reset_after", kEvents, [](Faults& f, std::string_view v) { return set_number(f.reset_after, v, 0, kCountMax); }},
    Directive{"malformed_after", kEvents,
              [](Faults& f, std::string_view v) { return set_number(f.malformed_after, v, 0, kCountMax); }},
    Directive{"error_after", kEvents, [](Faults& f, std::string_view v) { return set_number(f.error_after, v, 0, kCountMax); }},
    Directive{"events", "a number of tokens from 1 to 20000",
              [](Faults& f, std::string_view v) { return set_number(f.events, v, 1, kCountMax); }},
    Directive{"usage",
              "counts as prompt/completion[/cached[/reasoning]], cached not above prompt, reasoning not above completion",
              set_usage},
    Directive{"silent", "", [](Faults& f, std::string_view) { return f.silent = true; }},
    Directive{"error_in_200", "", [](Faults& f, std::string_view) { return f.error_in_200 = true; }},
    Directive{"no_done", "", [](Faults& f, std::string_view) { return f.no_done = true; }},
    Directive{"no_usage", "", [](Faults& f, std::string_view) { return f.no_usage = true; }},
    Directive{"no_finish", "", [](Faults& f, std::string_view) { return f.no_finish = true; }},
    Directive{"comments", "", [](Faults& f, std::string_view) { return f.comments = true; }},
    Directive{"crlf", "", [](Faults& f, std::string_view) { return f.crlf = true; }},
    Directive{"right", "",
              [](Faults& f, std::string_view) {
                  f.right = true;
                  return true;
              }},
    Directive{"wrong", "",
              [](Faults& f, std::string_view) {
                  f.right = false;
                  return true;
              }},
    Directive{"high_confidence", "",
              [](Faults& f, std::string_view) {
                  f.confident = true;
                  return true;
              }},
    Directive{"low_confidence", "",
              [](Faults& f, std::string_view) {
                  f.confident = false;
                  return true;
              }},
    Directive{"hedge", "", [](Faults& f, std::string_view) { return f.hedge = true; }},
    Directive{"length", "", [](Faults& f, std::string_view) { return f.length = true; }},
    Directive{"empty", "", [](Faults& f, std::string_view) { return f.empty = true; }},
    Directive{"refuse", "", [](Faults& f, std::string_view) { return f.refuse = true; }},
    Directive{"refusal", "", [](Faults& f, std::string_view) { return f.refusal = true; }},
};

Error invalid(std::string message) {
    return Error::downstream(ErrorKind::InvalidRequest, "invalid_simulate_directive", std::move(message));
}

Error unknown(std::string_view name) {
    std::array<std::string_view, kDirectives.size()> names{};
    std::string known;
    for (std::size_t i = 0; i < names.size(); ++i) {
        names[i] = kDirectives[i].name;
        known += (i == 0 ? "`" : ", `") + std::string(names[i]) + "`";
    }
    const std::string_view nearest = nearest_name(name, names);
    return invalid("`" + std::string(name) + "` is no directive of the simulator." +
                   (nearest.empty() ? "" : " Did you mean `" + std::string(nearest) + "`?") + " Known: " + known + ".");
}

Result<void> apply(std::string_view text, Faults& faults) {
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    const auto* found =
        std::find_if(kDirectives.begin(), kDirectives.end(), [name](const Directive& d) { return d.name == name; });
    if (found == kDirectives.end()) {
        return unknown(name);
    }
    const bool has_value = equals != std::string_view::npos;
    if (has_value && found->expects.empty()) {
        return invalid("The directive `" + std::string(name) + "` of the simulator takes no value.");
    }
    if (!found->expects.empty() && (!has_value || !found->set(faults, text.substr(equals + 1)))) {
        return invalid("The directive `" + std::string(name) + "` of the simulator needs " + std::string(found->expects) + ".");
    }
    if (found->expects.empty()) {
        found->set(faults, {});
    }
    return Result<void>();
}

Result<void> apply_group(std::string_view group, std::string_view model, Faults& faults) {
    // Values hold no colon, model names may.
    const std::size_t colon = group.substr(0, group.find_first_of("=;")).rfind(':');
    Faults ignored;
    const bool ours = colon == std::string_view::npos || group.substr(0, colon) == model;
    if (colon != std::string_view::npos) {
        group.remove_prefix(colon + 1);
    }
    for (;;) {
        const std::size_t end = group.find(';');
        const auto applied = apply(group.substr(0, end), ours ? faults : ignored);
        if (!applied || end == std::string_view::npos) {
            return applied;
        }
        group.remove_prefix(end + 1);
    }
}

}  // namespace

Result<Faults> parse_faults(std::string_view text, std::string_view model) {
    constexpr std::string_view kSeparators = ", \t\r\n";
    Faults faults;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(kSeparators), text.size());
        if (end > 0) {
            const auto applied = apply_group(text.substr(0, end), model, faults);
            if (!applied) {
                return applied.error();
            }
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return faults;
}

}  // namespace tierway::simulator
