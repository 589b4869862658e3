#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kEscalate = "{to: frontier, below: 0.6}";

TEST(LoadOpinions, ReportsMistakesAtTheirPlace) {
    expect_problems(std::to_array<Mistake>({
        {"nobody to agree with", kEscalate, "{to: frontier, below: 0.6, agreement: ^{field: result}}",
         "`classes.chat.escalate.agreement` needs a second `model`, or `samples: 1`"},
        {"unknown provider", kEscalate, "{to: frontier, below: 0.6, agreement: {model: ^nearby/llama}}",
         "names the provider `nearby`, which `providers` does not have"},
        {"unpriced model", kEscalate, "{to: frontier, below: 0.6, agreement: {model: ^onprem/llama}}", "has no price"},
        {"no model's name", kEscalate, "{to: frontier, below: 0.6, agreement: {model: ^llama}}", "is not a model"},
        {"too many samples", kEscalate, "{to: frontier, below: 0.6, agreement: {samples: ^9}}", "must be a whole number from 1 to 8"},
        {"heat", kEscalate, "{to: frontier, below: 0.6, agreement: {samples: 1, temperature: ^2.1}}", "must be a plain number from 0 to 2"},
        {"empty field", kEscalate, "{to: frontier, below: 0.6, agreement: {samples: 1, field: ^\"\"}}", "must not be empty"},
        {"endless field", kEscalate, "{to: frontier, below: 0.6, agreement: {samples: 1, field: ^\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}}",
         "must be a text of 1 to 64 bytes"},
        {"no tokens", kEscalate, "{to: frontier, below: 0.6, agreement: {samples: 1, max_tokens: ^0}}", "must be a whole number from 1"},
        {"long wait", kEscalate, "{to: frontier, below: 0.6, agreement: {samples: 1, wait: ^2m}}", "1m"},
        {"unknown key", kEscalate, "{to: frontier, below: 0.6, agreement: {^sample: 1, samples: 1}}", "Did you mean `samples`?"},
        {"agreement without escalation", "code: {tier: mid}", "code: {tier: mid, agreement: ^{samples: 1}}",
         "`classes.code.agreement` belongs under `escalate`"},
        {"verifier without escalation", "code: {tier: mid}", "code: {tier: mid, verifier: ^{model: openai/gpt-5-mini}}",
         "`classes.code.verifier` belongs under `escalate`"},
        {"verifier without a model", kEscalate, "{to: frontier, below: 0.6, verifier: ^{max_tokens: 10}}", "lacks `model`"},
        {"empty prompt", kEscalate, "{to: frontier, below: 0.6, verifier: {model: openai/gpt-5-mini, prompt: ^\"\"}}",
         "must not be empty"},
    }));
    std::string inside = changed("chat: {tier: small, escalate: {to: frontier, below: 0.6}}",
                                 "chat: {tier: small, stay: inside, escalate: {to: frontier, below: 0.6, verifier: {model: ^openai/gpt-5-mini}}}");
    const std::string place = take_place(inside);
    const LoadResult result = load_yaml(inside);
    ASSERT_EQ(result.problems.size(), 1U) << report_of(result.problems);
    EXPECT_TRUE(result.problems.front().to_string().starts_with(place));
    EXPECT_NE(report_of(result.problems).find("must be inside the boundary"), std::string::npos);
}

TEST(LoadOpinions, WarnsOfAJudgeThatCostsAsMuchAsEscalating) {
    expect_warnings(std::to_array<Mistake>({
        {"frontier as a judge", kEscalate, "{to: frontier, below: 0.6, verifier: {model: ^openai/gpt-6-astra}}",
         "costs as much as escalating"},
    }));
}

TEST(LoadOpinions, ReadsAgreementAndVerifier) {
    const LoadResult result = load_yaml(changed(
        kEscalate, "{to: frontier, below: 0.6, agreement: {model: openai/gpt-5-mini, field: result, max_tokens: 300, wait: 1s}, "
                   "verifier: {model: onprem/qwen, prompt: Check it., max_tokens: 99}}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const auto& escalation = result.snapshot->request_class(result.snapshot->find_class("chat").value()).escalation;
    ASSERT_TRUE(escalation && escalation->agreement && escalation->verifier);
    EXPECT_EQ(escalation->agreement->model, result.snapshot->find_model("openai/gpt-5-mini"));
    EXPECT_EQ(escalation->agreement->samples, 1U);
    EXPECT_FALSE(escalation->agreement->temperature);
    EXPECT_EQ(escalation->agreement->field, "result");
    EXPECT_EQ(escalation->agreement->output_tokens_max, 300);
    EXPECT_EQ(escalation->agreement->wait, Milliseconds(1'000));
    EXPECT_EQ(escalation->verifier->model, result.snapshot->find_model("onprem/qwen"));
    EXPECT_EQ(escalation->verifier->prompt, "Check it.");
    EXPECT_EQ(escalation->verifier->output_tokens_max, 99);
}

TEST(LoadOpinions, SamplesTheSameModelWarmlyByDefault) {
    const LoadResult result = load_yaml(changed(kEscalate, "{to: frontier, below: 0.6, agreement: {samples: 3}}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const auto& agreement = result.snapshot->request_class(result.snapshot->find_class("chat").value()).escalation->agreement;
    ASSERT_TRUE(agreement);
    EXPECT_FALSE(agreement->model);
    EXPECT_EQ(agreement->samples, 3U);
    EXPECT_EQ(agreement->temperature, 0.7);
    EXPECT_EQ(agreement->field, "answer");
    EXPECT_EQ(agreement->wait, Milliseconds(2'000));
}

TEST(LoadOpinions, NeedNoTierForTheirModels) {
    const LoadResult result = load_yaml(changed("onprem/qwen: {price: {input: 0.05, output: 0.1}}\n",
                                                "onprem/qwen: {price: {input: 0.05, output: 0.1}}\n  onprem/judge: {price: {input: 0.01, output: 0.02}}\n"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.warnings.size(), 1U) << "it is on no tier, and nobody asks it";
    std::string text = changed("onprem/qwen: {price: {input: 0.05, output: 0.1}}\n",
                               "onprem/qwen: {price: {input: 0.05, output: 0.1}}\n  onprem/judge: {price: {input: 0.01, output: 0.02}}\n");
    text.replace(text.find(kEscalate), kEscalate.size(), "{to: frontier, below: 0.6, agreement: {model: onprem/judge}}");
    const LoadResult asked = load_yaml(text);
    ASSERT_NE(asked.snapshot, nullptr) << report_of(asked.problems);
    EXPECT_TRUE(asked.warnings.empty()) << report_of(asked.warnings);
}

}  // namespace
}  // namespace tierway::config::test
