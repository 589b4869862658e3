#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kLog = "log: {level: info}";
constexpr std::string_view kCode = "code: {tier: mid}";

TEST(LoadGate, ReportsEachMistake) {
    expect_problems(std::to_array<Mistake>({
        {"no limit", kLog, "gate: ^{action: reject}", "`gate` lacks `usd_per_request`"},
        {"limit of nothing", kLog, "gate: {usd_per_request: ^0}", "`gate.usd_per_request` must be above 0"},
        {"negative limit", kLog, "gate: {usd_per_request: ^-1}", "must be an amount of USD"},
        {"limit in quotes", kLog, "gate: {usd_per_request: ^\"1\"}", "without quotes"},
        {"unknown action", kLog, "gate: {usd_per_request: 1, action: ^refuse}",
         "`gate.action` must be `acknowledge`, `reject` or `downgrade`, not `refuse`."},
        {"unknown key", kLog, "gate: {usd_per_request: 1, ^actoin: reject}", "has no key `actoin`. Did you mean `action`?"},
        {"class limit without a gate", kCode, "code: {tier: mid, usd_per_request: ^1}", "needs the section `gate`"},
        {"no choices", kCode, "code: {tier: mid, caps: {n: ^0}}", "`classes.code.caps.n` must be"},
        {"more choices than the API has", kCode, "code: {tier: mid, caps: {n: ^129}}", "from 1 to 128"},
        {"no output", kCode, "code: {tier: mid, caps: {max_tokens: ^0}}", "`classes.code.caps.max_tokens` must be"},
        {"output with unit", kCode, "code: {tier: mid, caps: {max_tokens: ^2k}}", "whole number"},
        {"negative images", kCode, "code: {tier: mid, caps: {images: ^-1}}", "whole number"},
        {"too many tools", kCode, "code: {tier: mid, caps: {tools: ^513}}", "from 0 to 512"},
        {"prompt of nothing", kCode, "code: {tier: mid, caps: {prompt_tokens: ^0}}", "`classes.code.caps.prompt_tokens` must be"},
        {"unknown cap", kCode, "code: {tier: mid, caps: {^max_token: 5}}", "has no key `max_token`. Did you mean `max_tokens`?"},
        {"caps as a number", kCode, "code: {tier: mid, caps: ^5}", "must be a mapping"},
    }));
}

TEST(LoadGate, WithoutTheSectionNothingLimitsARequest) {
    const LoadResult result = load_yaml(kValidText);
    ASSERT_NE(result.snapshot, nullptr);
    EXPECT_FALSE(result.snapshot->gate);
    EXPECT_FALSE(result.snapshot->usd_per_request(ClassId{0}));
    const RequestCaps& caps = result.snapshot->classes[0].caps;
    EXPECT_EQ(caps.choices_max, 16);
    EXPECT_FALSE(caps.output_tokens_max || caps.prompt_tokens_max || caps.images_max || caps.tools_max);
}

TEST(LoadGate, ReadsLimitsActionAndCaps) {
    const LoadResult result = load_yaml(
        changed(kCode,
                "code: {tier: mid, usd_per_request: 2.5, caps: {n: 4, max_tokens: 2000, prompt_tokens: 8000, images: 0, "
                "tools: 32}}\ngate: {usd_per_request: 0.5, action: downgrade}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Snapshot& snapshot = *result.snapshot;
    EXPECT_EQ(snapshot.gate->action, GateAction::Downgrade);
    EXPECT_EQ(snapshot.usd_per_request(ClassId{0}), Usd::parse("0.5"));
    EXPECT_EQ(snapshot.usd_per_request(ClassId{1}), Usd::parse("2.5"));
    const RequestCaps& caps = snapshot.classes[1].caps;
    EXPECT_EQ(caps.choices_max, 4);
    EXPECT_EQ(caps.output_tokens_max, 2'000);
    EXPECT_EQ(caps.prompt_tokens_max, 8'000);
    EXPECT_EQ(caps.images_max, 0);
    EXPECT_EQ(caps.tools_max, 32);
}

TEST(LoadGate, AcknowledgesUnlessItSaysOtherwise) {
    const LoadResult result = load_yaml(changed(kLog, "gate: {usd_per_request: 0.5}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.snapshot->gate->action, GateAction::Acknowledge);
}

TEST(LoadGate, ReadsHowMuchAClassThinks) {
    EXPECT_TRUE(load_yaml(kValidText).snapshot->classes[1].thinking.empty());
    const LoadResult result =
        load_yaml(changed("{tier: mid}", "{tier: mid, thinking: {effort: low, budget_tokens: 2048, force: true}}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const ThinkingOrder& thinking = result.snapshot->classes[1].thinking;
    EXPECT_EQ(thinking.effort, Effort::Low);
    EXPECT_EQ(thinking.budget_tokens, 2'048);
    EXPECT_TRUE(thinking.forced);
    expect_problems(std::to_array<Mistake>({
        {"no order", "{tier: mid}", "{tier: mid, thinking: ^{force: true}}", "needs an `effort` or `budget_tokens`"},
        {"unknown word", "{tier: mid}", "{tier: mid, thinking: {effort: ^hig}}", "Did you mean `high`?"},
        {"too many tokens", "{tier: mid}", "{tier: mid, thinking: {budget_tokens: ^1000001}}", "from 0 to 1000000"},
        {"unknown key", "{tier: mid}", "{tier: mid, thinking: {effort: low, ^forced: true}}", "Did you mean `force`?"},
    }));
}

TEST(LoadGate, OpenAiIsSentItsNewerNameForALimitAndEverybodyElseTheOlder) {
    const LoadResult result = load_yaml(kValidText);
    ASSERT_NE(result.snapshot, nullptr);
    EXPECT_EQ(result.snapshot->providers[0].output_limit_field, OutputLimitField::MaxTokens);
    EXPECT_EQ(result.snapshot->providers[1].output_limit_field, OutputLimitField::MaxCompletionTokens);
    const LoadResult said = load_yaml(changed("boundary: inside}", "boundary: inside, output_limit: max_completion_tokens}"));
    ASSERT_NE(said.snapshot, nullptr) << report_of(said.problems);
    EXPECT_EQ(said.snapshot->providers[0].output_limit_field, OutputLimitField::MaxCompletionTokens);
    const LoadResult imposter = load_yaml(changed("https://api.openai.com/v1", "https://api.openai.com.example/v1"));
    ASSERT_NE(imposter.snapshot, nullptr) << report_of(imposter.problems);
    EXPECT_EQ(imposter.snapshot->providers[1].output_limit_field, OutputLimitField::MaxTokens);
}

}  // namespace
}  // namespace tierway::config::test
