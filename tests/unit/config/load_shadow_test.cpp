#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kAliases = "aliases: {gpt-4o: auto}";

TEST(LoadShadow, ReportsMistakesAtTheirPlace) {
    expect_problems(std::to_array<Mistake>({
        {"no share", kAliases, "shadow: ^{usd_per_day: 1.0}", "`shadow` lacks `share`"},
        {"no money", kAliases, "shadow: ^{share: 0.1}", "`shadow` lacks `usd_per_day`"},
        {"share of nothing", kAliases, "shadow: {share: ^0, usd_per_day: 1.0}", "must be above 0"},
        {"share above one", kAliases, "shadow: {share: ^2, usd_per_day: 1.0}", "must be a number from 0 to 1"},
        {"free of charge", kAliases, "shadow: {share: 0.1, usd_per_day: ^0}", "must be above 0"},
        {"unknown judge", kAliases, "shadow: {share: 0.1, usd_per_day: 1.0, judge: ^nearby/x}", "names the provider `nearby`"},
        {"unknown class", kAliases, "shadow: {share: 0.1, usd_per_day: 1.0, classes: [^chatt]}", "Did you mean `chat`?"},
        {"class that is not judged", kAliases, "shadow: {share: 0.1, usd_per_day: 1.0, classes: [^code]}", "does not escalate"},
        {"text without a file", kAliases, "shadow: {share: 0.1, usd_per_day: 1.0, keep_text: ^true}", "needs a `file`"},
        {"no file", kAliases, "shadow: {share: 0.1, usd_per_day: 1.0, file: ^stdout}", "must be the path of a file"},
        {"nobody at once", kAliases, "shadow: {share: 0.1, usd_per_day: 1.0, concurrent: ^0}", "must be a whole number from 1"},
        {"unknown key", kAliases, "shadow: {share: 0.1, usd_per_day: 1.0, ^class: [chat]}", "Did you mean `classes`?"},
    }));
}

TEST(LoadShadow, ReadsEveryKey) {
    const LoadResult result = load_yaml(changed(
        kAliases, "shadow: {share: 0.02, usd_per_day: 1.5, judge: openai/gpt-5-mini, classes: [chat], concurrent: 2, file: rows.jsonl, keep_text: true}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const auto& shadow = result.snapshot->shadow;
    ASSERT_TRUE(shadow);
    EXPECT_EQ(shadow->share, 0.02);
    EXPECT_EQ(shadow->usd_per_day, Usd::from_nano(1'500'000'000));
    EXPECT_EQ(shadow->judge, result.snapshot->find_model("openai/gpt-5-mini"));
    EXPECT_TRUE(shadow->concerns(result.snapshot->find_class("chat").value()));
    EXPECT_FALSE(shadow->concerns(result.snapshot->find_class("code").value()));
    EXPECT_EQ(shadow->concurrent, 2U);
    EXPECT_EQ(shadow->file, "rows.jsonl");
    EXPECT_TRUE(shadow->keep_text);
}

TEST(LoadShadow, ComparesFinalAnswersByDefault) {
    const LoadResult result = load_yaml(changed(kAliases, "shadow: {share: 0.02, usd_per_day: 1.5, judge: agreement}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_FALSE(result.snapshot->shadow->judge);
    EXPECT_TRUE(result.snapshot->shadow->classes.empty());
    EXPECT_FALSE(load_yaml(kValidText).snapshot->shadow);
}

}  // namespace
}  // namespace tierway::config::test
