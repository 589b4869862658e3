#include <string>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::int64_t kAttemptsMax = 10;
constexpr std::int64_t kBudgetMax = 10'000;
constexpr std::int64_t kFailuresMax = 1'000;
constexpr std::int64_t kWindowRequestsMax = 1'000'000;
constexpr Milliseconds kWindowMin{1'000};

struct NamedLimit {
    std::string_view key;
    Milliseconds value;
};

// Of the two, the problem is put at one that is written; the other may be a default.
void check_order(MapReader& reader, bool smaller_is_written, const NamedLimit& smaller, const NamedLimit& larger) {
    if (smaller.value <= larger.value) {
        return;
    }
    const NamedLimit& wrong = smaller_is_written ? smaller : larger;
    const NamedLimit& other = smaller_is_written ? larger : smaller;
    reader.fail(wrong.key, reader.take(wrong.key)->place,
                std::string("must not be ") + (smaller_is_written ? "more" : "less") + " than " + quoted_value(other.key) +
                    ", which is " + std::to_string(other.value.count()) + "ms");
}

}  // namespace

void load_retry(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "retry", loading.problems);
    RetryLimits& retry = loading.snapshot.retry;
    reader.read_integer("attempts", retry.attempts, 1, kAttemptsMax);
    const bool first_is_written = reader.read_duration("backoff_first", retry.backoff_first, minutes(1));
    reader.read_duration("backoff_max", retry.backoff_max, minutes(1));
    check_order(reader, first_is_written, {"backoff_first", retry.backoff_first}, {"backoff_max", retry.backoff_max});
    reader.read_duration("retry_after_max", retry.retry_after_max, minutes(2));
    reader.read_fraction("budget_share", retry.budget_share);
    reader.read_integer("budget_min", retry.budget_min, 0, kBudgetMax);
    reader.finish();
}

void load_breaker(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "breaker", loading.problems);
    BreakerLimits& breaker = loading.snapshot.breaker;
    reader.read_integer("consecutive_failures", breaker.consecutive_failures, 1, kFailuresMax);
    reader.read_fraction("success_share_min", breaker.success_share_min);
    if (reader.read_duration("window", breaker.window, minutes(10)) && breaker.window < kWindowMin) {
        reader.fail("window", reader.take("window")->place, "must be at least `1s`");
    }
    reader.read_integer("window_requests_min", breaker.window_requests_min, 1, kWindowRequestsMax);
    const bool first_is_written = reader.read_duration("open_first", breaker.open_first, hours(1));
    reader.read_duration("open_max", breaker.open_max, hours(1));
    check_order(reader, first_is_written, {"open_first", breaker.open_first}, {"open_max", breaker.open_max});
    reader.finish();
}

}  // namespace tierway::config
