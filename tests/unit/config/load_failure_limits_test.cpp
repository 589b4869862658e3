#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kLog = "log: {level: info}";

TEST(LoadFailureLimits, ReportsMistakesAtTheirPlace) {
    expect_problems(std::to_array<Mistake>({
        {"misspelt section", kLog, "^rety: {}", "no key `rety`. Did you mean `retry`?"},
        {"misspelt breaker", kLog, "^braker: {}", "Did you mean `breaker`?"},
        {"retry that is a value", kLog, "retry: ^3", "`retry` must be a mapping"},
        {"breaker that is a list", kLog, "breaker: ^[]", "`breaker` must be a mapping"},
        {"unknown key of retry", kLog, "retry: {^atempts: 3}", "`retry` has no key `atempts`. Did you mean `attempts`?"},
        {"unknown key of breaker", kLog, "breaker: {^windows: 3s}", "Did you mean `window`?"},
        {"no attempt at all", kLog, "retry: {attempts: ^0}", "`retry.attempts` must be a whole number from 1 to 10, not `0`"},
        {"too many attempts", kLog, "retry: {attempts: ^11}", "from 1 to 10"},
        {"backoff without unit", kLog, "retry: {backoff_first: ^200}", "must be a duration such as"},
        {"backoff too long", kLog, "retry: {backoff_max: ^61s}", "must be from 1ms to 1m, not `61s`"},
        {"backoff beyond its default bound", kLog, "retry: {backoff_first: ^3s}",
         "`retry.backoff_first` must not be more than `backoff_max`, which is 2000ms"},
        {"backoff beyond its written bound", kLog, "retry: {backoff_max: 1s, backoff_first: ^1001ms}",
         "must not be more than `backoff_max`, which is 1000ms"},
        {"bound below the default backoff", kLog, "retry: {backoff_max: ^100ms}",
         "`retry.backoff_max` must not be less than `backoff_first`, which is 200ms"},
        {"too much patience", kLog, "retry: {retry_after_max: ^3m}", "must be from 1ms to 2m"},
        {"share in per cent", kLog, "retry: {budget_share: ^20}", "must be a number from 0 to 1"},
        {"negative budget", kLog, "retry: {budget_min: ^-1}", "must be a whole number from 0 to 10000"},
        {"no failure needed", kLog, "breaker: {consecutive_failures: ^0}", "from 1 to 1000"},
        {"share above one", kLog, "breaker: {success_share_min: ^1.5}", "must be a number from 0 to 1"},
        {"window too short", kLog, "breaker: {window: ^999ms}", "`breaker.window` must be at least `1s`"},
        {"window too long", kLog, "breaker: {window: ^11m}", "must be from 1ms to 10m"},
        {"no request needed", kLog, "breaker: {window_requests_min: ^0}", "from 1 to 1000000"},
        {"open for too long", kLog, "breaker: {open_max: ^2h}", "must be from 1ms to 1h"},
        {"first opening beyond the bound", kLog, "breaker: {open_first: ^2m}",
         "`breaker.open_first` must not be more than `open_max`, which is 60000ms"},
        {"bound below the first opening", kLog, "breaker: {open_max: ^4s}",
         "`breaker.open_max` must not be less than `open_first`, which is 5000ms"},
        {"bound without value", kLog, "retry: {^backoff_max: }", "`retry.backoff_max` has no value"},
    }));
}

TEST(LoadFailureLimits, ReadsEveryKey) {
    const LoadResult result = load_yaml(changed(
        kLog,
        "retry: {attempts: 10, backoff_first: 1s, backoff_max: 1s, retry_after_max: 2m, budget_share: 0, budget_min: 0}\n"
        "breaker: {consecutive_failures: 7, success_share_min: 0.75, window: 1s, window_requests_min: 9, open_first: 250ms, "
        "open_max: 1h}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const RetryLimits& retry = result.snapshot->retry;
    EXPECT_EQ(retry.attempts, 10U);
    EXPECT_EQ(retry.backoff_first, Milliseconds(1'000));
    EXPECT_EQ(retry.backoff_max, Milliseconds(1'000));
    EXPECT_EQ(retry.retry_after_max, Milliseconds(120'000));
    EXPECT_EQ(retry.budget_share, 0.0);
    EXPECT_EQ(retry.budget_min, 0U);
    const BreakerLimits& breaker = result.snapshot->breaker;
    EXPECT_EQ(breaker.consecutive_failures, 7U);
    EXPECT_EQ(breaker.success_share_min, 0.75);
    EXPECT_EQ(breaker.window, Milliseconds(1'000));
    EXPECT_EQ(breaker.window_requests_min, 9U);
    EXPECT_EQ(breaker.open_first, Milliseconds(250));
    EXPECT_EQ(breaker.open_max, Milliseconds(3'600'000));
}

TEST(LoadFailureLimits, TheDefaultsAreThosePromised) {
    const LoadResult result = load_yaml(kValidText);
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const RetryLimits& retry = result.snapshot->retry;
    EXPECT_EQ(retry.attempts, 3U);
    EXPECT_EQ(retry.backoff_first, Milliseconds(200));
    EXPECT_EQ(retry.backoff_max, Milliseconds(2'000));
    EXPECT_EQ(retry.retry_after_max, Milliseconds(5'000));
    EXPECT_EQ(retry.budget_share, 0.2);
    EXPECT_EQ(retry.budget_min, 3U);
    const BreakerLimits& breaker = result.snapshot->breaker;
    EXPECT_EQ(breaker.consecutive_failures, 5U);
    EXPECT_EQ(breaker.success_share_min, 0.5);
    EXPECT_EQ(breaker.window, Milliseconds(10'000));
    EXPECT_EQ(breaker.window_requests_min, 20U);
    EXPECT_EQ(breaker.open_first, Milliseconds(5'000));
    EXPECT_EQ(breaker.open_max, Milliseconds(60'000));
}

}  // namespace
}  // namespace tierway::config::test
