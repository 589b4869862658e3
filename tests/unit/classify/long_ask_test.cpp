#include <gtest/gtest.h>

#include "tierway/classify/classifier.hpp"

namespace tierway::classify {
namespace {

/// One rule with the pattern "needle", and a second pattern so that they are searched as a set.
RuleStage stage_with_patterns() {
    auto snapshot = std::make_shared<config::Snapshot>();
    std::string problem;
    for (const char* pattern : {"needle", "(?i)\\bother\\b"}) {
        config::Rule& rule = snapshot->classifier.rules.emplace_back();
        rule.request_class = config::ClassId(snapshot->classifier.rules.size());
        rule.when.text = config::TextPattern::compile(pattern, problem);
    }
    return RuleStage(snapshot);
}

TEST(RuleStage, FindsThePatternAtEitherEndOfALongAsk) {
    const RuleStage stage = stage_with_patterns();
    Features features;
    features.ask = "needle" + std::string(6'000, '.');
    EXPECT_TRUE(stage.classify(features));
    features.ask = std::string(6'000, '.') + "needle";
    EXPECT_TRUE(stage.classify(features));
    features.ask = std::string(3'000, '.') + "needle" + std::string(3'000, '.');
    EXPECT_FALSE(stage.classify(features)) << "what lies between is material";
}

TEST(RuleStage, TellsWhichOfSeveralPatternsMatched) {
    const RuleStage stage = stage_with_patterns();
    Features features;
    features.ask = "the OTHER one";
    const auto decided = stage.classify(features);
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->request_class, config::ClassId(2));
    EXPECT_EQ(decided->reason, "rule 2: text=(?i)\\bother\\b");
}

TEST(RuleStage, WantsTheShapeOfTheTextOnlyForARuleAboutIt) {
    EXPECT_FALSE(stage_with_patterns().wants_text_shape());
    auto snapshot = std::make_shared<config::Snapshot>();
    snapshot->classifier.rules.emplace_back().when.code_share_min = 0.5;
    EXPECT_TRUE(RuleStage(snapshot).wants_text_shape());
}

}  // namespace
}  // namespace tierway::classify
