#include "tierway/decision/draft_verdict.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tierway/config/load.hpp"

namespace tierway::decision {
namespace {

constexpr const char* kConfiguration = R"(
version: 1
providers:
  near: {dialect: openai, base_url: "http://127.0.0.1:9/v1"}
models:
  near/cheap: {price: {input: 1, output: 2}}
  near/dear: {price: {input: 10, output: 20}}
tiers: {small: [near/cheap], frontier: [near/dear]}
classes:
  chat: {tier: small, escalate: {to: frontier, below: 0.6, agreement: {samples: 1, field: result}, verifier: {model: near/cheap}}}
classifier: {default_class: chat}
)";
constexpr const char* kBody = R"({"model":"auto","messages":[{"role":"user","content":"How much is 6 times 7?"}]})";

class JudgeDraft : public ::testing::Test {
protected:
    void SetUp() override {
        PlanOptions options;
        options.principal = &policy::local_principal();
        ASSERT_TRUE(make_plan(*snapshot_, classifier_, options, kBody, parser_, SteadyTime{}, plan_));
        expected_ = cascade::expectation_of(plan_.request);
    }
    static dialect::ChatAnswer answer(std::string text, dialect::FinishReason finish = dialect::FinishReason::Stop) {
        dialect::ChatAnswer answer;
        answer.choices.emplace_back();
        answer.choices.back().content = std::move(text);
        answer.choices.back().finish_reason = finish;
        return answer;
    }
    DraftVerdict judge(const dialect::ChatAnswer& draft, const Opinions& opinions = {}) {
        return judge_draft(*snapshot_, plan_, expected_, draft, opinions);
    }

    config::SnapshotPtr snapshot_ =
        config::load_text(kConfiguration, "test.yaml", config::PriceCatalogue::built_in(), [](const std::string&) {
            return std::nullopt;
        }).snapshot;
    classify::Classifier classifier_{snapshot_};
    wire::JsonParser parser_;
    Plan plan_;
    cascade::Expectation expected_;
};

TEST_F(JudgeDraft, KeepsAnAnswerThatNothingSpeaksAgainst) {
    const DraftVerdict verdict = judge(answer("It is 42."));
    EXPECT_GE(verdict.judgement.confidence, 0.6);
    EXPECT_FALSE(verdict.wants_better);
}

TEST_F(JudgeDraft, WantsBetterThanAnAnswerThatWasCutOff) {
    const DraftVerdict verdict = judge(answer("It is", dialect::FinishReason::Length));
    EXPECT_LT(verdict.judgement.confidence, 0.6);
    EXPECT_TRUE(verdict.wants_better);
}

TEST_F(JudgeDraft, FollowsASecondOpinionOnTheFieldOfTheClass) {
    const dialect::ChatAnswer draft = answer(R"({"answer": "1", "result": "42"})");
    const dialect::ChatAnswer same = answer(R"({"answer": "2", "result": "42.0"})");
    const dialect::ChatAnswer other = answer(R"({"answer": "1", "result": "41"})");
    Opinions opinions;
    opinions.second = &same;
    EXPECT_FALSE(judge(draft, opinions).wants_better);
    opinions.second = &other;
    EXPECT_TRUE(judge(draft, opinions).wants_better);
}

TEST_F(JudgeDraft, WaitsForNobodyWhenNothingCouldKeepTheDraft) {
    EXPECT_TRUE(could_be_kept(*snapshot_, plan_, expected_, answer("42")));
    EXPECT_FALSE(could_be_kept(*snapshot_, plan_, expected_, answer("4", dialect::FinishReason::Length)));
}

TEST_F(JudgeDraft, AsksAVerifierOnlyWhereItsWordCounts) {
    const dialect::ChatAnswer draft = answer("42");
    const dialect::ChatAnswer same = answer("42");
    Opinions opinions;
    EXPECT_TRUE(depends_on_verifier(*snapshot_, plan_, expected_, draft, opinions));
    opinions.second = &same;
    EXPECT_FALSE(depends_on_verifier(*snapshot_, plan_, expected_, draft, opinions));
    EXPECT_FALSE(depends_on_verifier(*snapshot_, plan_, expected_, answer("4", dialect::FinishReason::Length), {}));
}

}  // namespace
}  // namespace tierway::decision
