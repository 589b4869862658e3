#include <gtest/gtest.h>

#include "tierway/classify/classifier.hpp"
#include "tierway/dialect/chat_request.hpp"
#include "tierway/wire/json_view.hpp"

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

TEST(RuleStage, TellsWhichOfSeveralPatternsMatched) {
    const RuleStage stage = stage_with_patterns();
    Features features;
    features.ask = "the OTHER one";
    const auto decided = stage.classify(features);
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->request_class, config::ClassId(2));
    EXPECT_EQ(decided->reason, "rule 2: text=(?i)\\bother\\b");
}

TEST(RuleStage, LooksOnlyAtWhatItsRulesNeed) {
    EXPECT_FALSE(stage_with_patterns().looks_at().text_shape);
    EXPECT_GE(stage_with_patterns().looks_at().ask_bytes_max, 2'048U);
    auto shape = std::make_shared<config::Snapshot>();
    shape->classifier.rules.emplace_back().when.code_share_min = 0.5;
    EXPECT_TRUE(RuleStage(shape).looks_at().text_shape);
    auto flags = std::make_shared<config::Snapshot>();
    flags->classifier.rules.emplace_back().when.has_image = true;
    EXPECT_EQ(RuleStage(flags).looks_at().ask_bytes_max, 0U);
}

TEST(Classifier, FindsThePatternAtEitherEndOfALongAsk) {
    std::string problem;
    auto snapshot = std::make_shared<config::Snapshot>();
    snapshot->classifier.rules.emplace_back().when.text = config::TextPattern::compile("needle", problem);
    const Classifier classifier(snapshot);
    const std::string filler(6'000, '.');
    const auto stage_for = [&classifier](const std::string& ask) {
        const std::string body = R"({"model":"auto","messages":[{"role":"user","content":")" + ask + R"("}]})";
        wire::JsonParser parser;
        Features features;
        extract_features(*dialect::read_chat_request(*parser.parse(body)), features, classifier.looks_at());
        return classifier.classify(features, std::nullopt).stage;
    };
    EXPECT_EQ(stage_for("needle" + filler), "rules");
    EXPECT_EQ(stage_for(filler + "needle"), "rules");
    EXPECT_EQ(stage_for(filler + "needle" + filler), "default") << "what lies between is material";
}

}  // namespace
}  // namespace tierway::classify
