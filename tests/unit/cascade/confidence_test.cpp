#include "tierway/cascade/confidence.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string_view>

namespace tierway::cascade {
namespace {

using dialect::AnswerChoice;
using dialect::ChatAnswer;
using dialect::FinishReason;

constexpr std::array kKinds = {SignalKind::Structure, SignalKind::Completeness, SignalKind::Hedging, SignalKind::Degenerate,
                               SignalKind::Logprob,   SignalKind::Agreement,    SignalKind::Verifier};

AnswerChoice choice(std::string content, FinishReason reason = FinishReason::Stop) {
    AnswerChoice made;
    made.content = std::move(content);
    made.finish_reason = reason;
    return made;
}

ChatAnswer answer(std::vector<AnswerChoice> choices) {
    ChatAnswer made;
    made.choices = std::move(choices);
    return made;
}

double confidence_of(AnswerChoice one) {
    return judge(answer({std::move(one)}), {}).confidence;
}

TEST(SignalNames, AreThoseOfTheDecisionRecord) {
    EXPECT_EQ(name_of(SignalKind::Structure), "structure");
    EXPECT_EQ(name_of(SignalKind::Completeness), "completeness");
    EXPECT_EQ(name_of(SignalKind::Hedging), "hedging");
    EXPECT_EQ(name_of(SignalKind::Degenerate), "degenerate");
    EXPECT_EQ(name_of(SignalKind::Logprob), "logprob");
    EXPECT_EQ(name_of(SignalKind::Agreement), "agreement");
    EXPECT_EQ(name_of(SignalKind::Verifier), "verifier");
}

TEST(Combine, RisesWithEachScore) {
    for (const SignalKind kind : kKinds) {
        SCOPED_TRACE(name_of(kind));
        double previous = -1.0;
        for (int step = 0; step <= 10; ++step) {
            std::vector<Signal> signals;
            for (const SignalKind other : kKinds) {
                signals.push_back({other, other == kind ? step / 10.0 : 0.5, false, {}});
            }
            const double confidence = combine(signals);
            EXPECT_GT(confidence, previous);
            previous = confidence;
        }
    }
}

TEST(Combine, FollowsItsFormula) {
    const Weights weights{.bias = 0.3, .structure = 1.0, .completeness = 2.0, .hedging = 0.0, .degenerate = 0.0, .logprob = 0.5};
    const std::vector<Signal> signals = {{SignalKind::Structure, 1.0, false, {}}, {SignalKind::Logprob, 0.25, false, {}}};
    EXPECT_NEAR(combine(signals, weights), 1.0 / (1.0 + std::exp(-(0.3 + 1.0 - 0.25))), 1e-12);
    EXPECT_NEAR(combine({}, weights), 1.0 / (1.0 + std::exp(-0.3)), 1e-12);
}

TEST(Combine, AFatalSignalCapsWhateverElseIsSaid) {
    for (const SignalKind kind : kKinds) {
        std::vector<Signal> signals;
        for (const SignalKind other : kKinds) {
            signals.push_back({other, 1.0, other == kind, {}});
        }
        EXPECT_LE(combine(signals), kFatalConfidence);
    }
}

TEST(Combine, BoundsBrokenScores) {
    for (const double score :
         {-7.0, 0.0, 1.0, 9.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
        const std::array signals = {Signal{SignalKind::Logprob, score, false, {}}};
        const double confidence = combine(signals);
        EXPECT_GE(confidence, 0.0);
        EXPECT_LE(confidence, 1.0);
    }
    const std::array unknown = {Signal{SignalKind::Logprob, std::numeric_limits<double>::quiet_NaN(), false, {}}};
    const std::array worst = {Signal{SignalKind::Logprob, 0.0, false, {}}};
    EXPECT_EQ(combine(unknown), combine(worst));
}

TEST(DefaultWeights, PutAnswersWhereTheUsualThresholdsExpectThem) {
    AnswerChoice sure = choice("Paris is the capital of France, and has been since the tenth century.");
    sure.token_logprobs.assign(20, -0.02F);
    AnswerChoice doubtful = sure;
    doubtful.token_logprobs.assign(20, -1.2F);
    AnswerChoice refused = choice("");
    refused.refusal = "I will not do that.";
    std::string loop;
    for (int i = 0; i < 100; ++i) {
        loop += "and again ";
    }
    struct Row {
        std::string_view name;
        AnswerChoice choice;
        double least;
        double most;
    };
    const std::vector<Row> rows = {
        {"nothing known against it", choice("Paris is the capital of France."), 0.70, 0.79},
        {"with good log-probabilities", sure, 0.85, 0.95},
        {"with bad log-probabilities", doubtful, 0.0, 0.60},
        {"nothing but a hedge", choice("I'm not sure."), 0.0, 0.55},
        {"a refusal", refused, 0.05, 0.40},
        {"ends in a loop", choice("The answer is simple, and it is this: we go on " + loop), 0.0, 0.55},
        {"cut off", choice("Paris is", FinishReason::Length), 0.0, kFatalConfidence},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const double confidence = confidence_of(row.choice);
        EXPECT_GE(confidence, row.least);
        EXPECT_LE(confidence, row.most);
    }
}

TEST(DefaultWeights, KeepStructuredAnswersThatFit) {
    wire::JsonParser parser;
    const auto body = parser.parse(R"({"schema":{"required":["a"]},"tools":[{"type":"function","function":{"name":"now"}}]})");
    ASSERT_TRUE(body);
    const Expectation expected{
        .json_schema = body->find("schema"), .json_object = false, .tools = body->find("tools"), .previous_answer = {}};
    AnswerChoice called = choice("", FinishReason::ToolCalls);
    called.tool_calls = {{"now", "{}"}};
    EXPECT_GT(judge(answer({choice(R"({"a":1})")}), expected).confidence, 0.80);
    EXPECT_GT(judge(answer({called}), expected).confidence, 0.80);
    EXPECT_LE(judge(answer({choice(R"({"b":1})")}), expected).confidence, kFatalConfidence);
}

TEST(Judge, CountsTheLeastConfidentChoice) {
    const Judgement judgement = judge(answer({choice("Paris."), choice("I don't know."), choice("Paris it is.")}), {});
    EXPECT_EQ(judgement.confidence, confidence_of(choice("I don't know.")));
    bool hedged = false;
    for (const Signal& signal : judgement.signals) {
        hedged = hedged || (signal.kind == SignalKind::Hedging && signal.score < 0.1);
    }
    EXPECT_TRUE(hedged);
}

TEST(Judge, AnAnswerWithoutChoicesIsWorthNothing) {
    const Judgement judgement = judge({}, {});
    EXPECT_EQ(judgement.confidence, 0.0);
    ASSERT_EQ(judgement.signals.size(), 1U);
    EXPECT_EQ(judgement.signals[0].kind, SignalKind::Completeness);
    EXPECT_TRUE(judgement.signals[0].fatal);
}

TEST(Measure, LeavesOutWhatDoesNotApply) {
    AnswerChoice called = choice("", FinishReason::ToolCalls);
    called.tool_calls = {{"now", "{}"}};
    for (const Signal& signal : measure(called, {})) {
        EXPECT_TRUE(signal.kind == SignalKind::Structure || signal.kind == SignalKind::Completeness);
    }
    AnswerChoice full = choice("{}");
    full.token_logprobs = {-0.1F};
    EXPECT_EQ(measure(full, {.json_schema = {}, .json_object = true, .tools = {}, .previous_answer = {}}).size(), 5U);
}

}  // namespace
}  // namespace tierway::cascade
