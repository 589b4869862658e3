#include <string>

#include "config/configuration_text.hpp"
#include "tierway/base/sha256.hpp"

namespace tierway::config::test {
namespace {

const std::string kKeys = "keys: [{id: agent, sha256: " + hex_of(sha256("tw-one")) + "$1}, {id: other, sha256: " +
                          hex_of(sha256("tw-two")) + "}]\n";

/// The valid text with a key that has these further settings, and these further sections.
std::string with_key(const std::string& settings, const std::string& sections = {}) {
    std::string keys = kKeys;
    keys.replace(keys.find("$1"), 2, settings);
    return std::string(kValidText) + keys + sections;
}

TEST(LoadRateLimits, ReadsThoseOfAKey) {
    const LoadResult result = load_yaml(with_key(
        ", limits: {requests_per_minute: 6000, requests_burst: 20, tokens_per_minute: 100000, tokens_burst: 50000, concurrent: 8}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const RateLimits& limits = result.snapshot->keys[0].principal.limits;
    EXPECT_EQ(limits.requests, (RateLimit{6'000, 20}));
    EXPECT_EQ(limits.tokens, (RateLimit{100'000, 50'000}));
    EXPECT_EQ(limits.concurrent, 8U);
    EXPECT_FALSE(result.snapshot->keys[1].principal.limits.any());
}

TEST(LoadRateLimits, BurstsAreTenSecondsOfRequestsAndAMinuteOfTokensUnlessStated) {
    struct Case {
        std::int64_t per_minute;
        std::int64_t burst;
    };
    for (const Case& each : {Case{1, 1}, Case{6, 1}, Case{7, 2}, Case{60, 10}, Case{600, 100}}) {
        const LoadResult result =
            load_yaml(with_key(", limits: {requests_per_minute: " + std::to_string(each.per_minute) + ", tokens_per_minute: 500}"));
        ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
        const RateLimits& limits = result.snapshot->keys[0].principal.limits;
        EXPECT_EQ(limits.requests, (RateLimit{each.per_minute, each.burst}));
        EXPECT_EQ(limits.tokens, (RateLimit{500, 500}));
        EXPECT_FALSE(limits.concurrent);
    }
}

TEST(LoadRateLimits, ThoseOfAKeyReplaceTheDefaultAsAWhole) {
    const LoadResult result =
        load_yaml(with_key(", limits: {concurrent: 2}", "key_limits: {requests_per_minute: 60, tokens_per_minute: 1000}\n"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const RateLimits& own = result.snapshot->keys[0].principal.limits;
    EXPECT_EQ(own.concurrent, 2U);
    EXPECT_FALSE(own.requests);
    EXPECT_FALSE(own.tokens);
    const RateLimits& given = result.snapshot->keys[1].principal.limits;
    EXPECT_EQ(given.requests, (RateLimit{60, 10}));
    EXPECT_EQ(given.tokens, (RateLimit{1'000, 1'000}));
}

TEST(LoadRateLimits, ReadsThoseOfAModel) {
    const LoadResult result = load_yaml(changed("{price: {input: 0.05, output: 0.1}}",
                                                "{price: {input: 0.05, output: 0.1}, limits: {requests_per_minute: 30}}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.snapshot->model(*result.snapshot->find_model("onprem/qwen")).limits.requests, (RateLimit{30, 5}));
    EXPECT_FALSE(result.snapshot->model(*result.snapshot->find_model("openai/gpt-5")).limits.any());
}

TEST(LoadRateLimits, RefusesWhatLimitsNothingOrContradictsItself) {
    struct Case {
        std::string_view name;
        std::string text;  ///< With `^` before the place that the problem must name.
        std::string_view message;
    };
    const Case cases[] = {
        {"nothing", with_key(", limits: ^{}"), "`keys[1].limits` limits nothing"},
        {"no mapping", with_key(", limits: ^60"), "must be a mapping"},
        {"no such limit", with_key(", limits: {^requests_per_second: 1}"), "requests_per_minute"},
        {"zero", with_key(", limits: {requests_per_minute: ^0}"), "`keys[1].limits.requests_per_minute` must be"},
        {"too many", with_key(", limits: {tokens_per_minute: ^100000001}"), "`keys[1].limits.tokens_per_minute` must be"},
        {"no place", with_key(", limits: {concurrent: ^0}"), "`keys[1].limits.concurrent` must be"},
        {"a burst of nothing", with_key(", limits: {concurrent: 1, tokens_burst: ^5}"), "needs `tokens_per_minute`"},
        {"a burst beyond the minute", with_key(", limits: {requests_per_minute: 5, requests_burst: ^6}"),
         "`keys[1].limits.requests_burst` must be"},
        {"a default of nobody", std::string(kValidText) + "key_limits: ^{concurrent: 1}\n", "`key_limits` needs `keys`"},
        {"an empty default", with_key("", "key_limits: ^{}\n"), "`key_limits` limits nothing"},
        {"a model's", changed("{price: {input: 0.05, output: 0.1}}", "{price: {input: 0.05, output: 0.1}, limits: ^{}}"),
         "`models.onprem/qwen.limits` limits nothing"},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.name);
        std::string text = each.text;
        const std::string place = take_place(text);
        const LoadResult result = load_yaml(text);
        EXPECT_EQ(result.snapshot, nullptr);
        ASSERT_EQ(result.problems.size(), 1U) << report_of(result.problems);
        const std::string problem = result.problems.front().to_string();
        EXPECT_TRUE(problem.starts_with(place)) << problem << "\nexpected at " << place;
        EXPECT_NE(problem.find(each.message), std::string::npos) << problem << "\nexpected: " << each.message;
    }
}

}  // namespace
}  // namespace tierway::config::test
