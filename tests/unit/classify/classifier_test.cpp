#include "tierway/classify/classifier.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>

namespace tierway::classify {
namespace {

using config::ClassId;

constexpr ClassId kChat{0};
constexpr ClassId kExtraction{1};
constexpr ClassId kScreen{2};

config::TextPattern pattern(std::string_view source) {
    std::string problem;
    auto compiled = config::TextPattern::compile(source, problem);
    EXPECT_TRUE(compiled) << problem;
    return *compiled;
}

config::SnapshotPtr with_rules(std::vector<config::Rule> rules) {
    auto snapshot = std::make_shared<config::Snapshot>();
    snapshot->classes.resize(3);
    snapshot->classifier.default_class = kChat;
    snapshot->classifier.rules = std::move(rules);
    return snapshot;
}

config::Rule rule(ClassId request_class, const std::function<void(config::RuleConditions&)>& set) {
    config::Rule result;
    result.request_class = request_class;
    set(result.when);
    return result;
}

TEST(RuleStage, EachConditionHoldsAndFailsOnItsOwn) {
    struct Case {
        const char* reason;
        std::function<void(config::RuleConditions&)> set;
        std::function<void(Features&)> holds;
        std::function<void(Features&)> fails;
    };
    const auto nothing = [](Features&) {};
    for (const Case& c : {
             Case{"rule 1: has_image", [](auto& w) { w.has_image = true; }, [](auto& f) { f.has_image = true; }, nothing},
             Case{"rule 1: has_image=false", [](auto& w) { w.has_image = false; }, nothing, [](auto& f) { f.has_image = true; }},
             Case{"rule 1: has_audio", [](auto& w) { w.has_audio = true; }, [](auto& f) { f.has_audio = true; }, nothing},
             Case{"rule 1: has_tools", [](auto& w) { w.has_tools = true; }, [](auto& f) { f.has_tools = true; }, nothing},
             Case{"rule 1: json_schema", [](auto& w) { w.json_schema = true; }, [](auto& f) { f.json_schema = true; }, nothing},
             Case{"rule 1: last_turn_is_tool_result", [](auto& w) { w.last_turn_is_tool_result = true; },
                  [](auto& f) { f.last_turn_is_tool_result = true; }, nothing},
             Case{"rule 1: tool_named=computer*", [](auto& w) { w.tool_named = "computer*"; },
                  [](auto& f) {
                      f.tool_names = {"search", "computer_use"};
                  },
                  [](auto& f) {
                      f.tool_names = {"search", "my_computer"};
                  }},
             Case{"rule 1: prompt_tokens_min=10", [](auto& w) { w.prompt_tokens_min = 10; },
                  [](auto& f) { f.prompt_tokens = 10; }, [](auto& f) { f.prompt_tokens = 9; }},
             Case{"rule 1: prompt_tokens_max=10", [](auto& w) { w.prompt_tokens_max = 10; },
                  [](auto& f) { f.prompt_tokens = 10; }, [](auto& f) { f.prompt_tokens = 11; }},
             Case{"rule 1: turns_min=3", [](auto& w) { w.turns_min = 3; }, [](auto& f) { f.turns = 3; },
                  [](auto& f) { f.turns = 2; }},
             Case{"rule 1: turns_max=3", [](auto& w) { w.turns_max = 3; }, [](auto& f) { f.turns = 3; },
                  [](auto& f) { f.turns = 4; }},
             Case{"rule 1: code_share_min=0.3", [](auto& w) { w.code_share_min = 0.3; }, [](auto& f) { f.code_share = 0.3; },
                  [](auto& f) { f.code_share = 0.29; }},
             Case{"rule 1: text=(?i)\\bextract\\b", [](auto& w) { w.text = pattern("(?i)\\bextract\\b"); },
                  [](auto& f) { f.ask = "Please Extract it"; },
                  [](auto& f) {
                      f.ask = "Hello";
                      f.earlier_asks = {"extract"};
                  }},
         }) {
        SCOPED_TRACE(c.reason);
        const RuleStage stage(with_rules({rule(kExtraction, c.set)}));
        Features holding;
        c.holds(holding);
        const auto decided = stage.classify(holding);
        ASSERT_TRUE(decided);
        EXPECT_EQ(decided->request_class, kExtraction);
        EXPECT_EQ(decided->confidence, 1.0);
        EXPECT_EQ(decided->stage, "rules");
        EXPECT_EQ(decided->reason, c.reason);
        Features failing;
        c.fails(failing);
        EXPECT_FALSE(stage.classify(failing));
    }
}

TEST(RuleStage, AllConditionsOfARuleAreRequired) {
    const RuleStage stage(with_rules({rule(kScreen, [](auto& when) {
        when.has_image = true;
        when.tool_named = "computer*";
    })}));
    Features features;
    features.has_image = true;
    EXPECT_FALSE(stage.classify(features));
    features.tool_names = {"computer"};
    const auto decided = stage.classify(features);
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->reason, "rule 1: has_image, tool_named=computer*");
}

TEST(RuleStage, TheFirstRuleThatHoldsDecides) {
    const RuleStage stage(with_rules({rule(kScreen, [](auto& when) { when.has_image = true; }),
                                      rule(kExtraction, [](auto& when) { when.json_schema = true; }),
                                      rule(kChat, [](auto& when) { when.json_schema = true; })}));
    Features features;
    features.json_schema = true;
    const auto decided = stage.classify(features);
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->request_class, kExtraction);
    EXPECT_EQ(decided->reason, "rule 2: json_schema");
}

TEST(RuleStage, WithoutRulesItAbstains) {
    EXPECT_FALSE(RuleStage(with_rules({})).classify(Features{}));
}

TEST(Classifier, ADeclaredClassComesBeforeEveryRule) {
    const Classifier classifier(with_rules({rule(kExtraction, [](auto& when) { when.turns_min = 0; })}));
    const Classification decided = classifier.classify(Features{}, kScreen);
    EXPECT_EQ(decided.request_class, kScreen);
    EXPECT_EQ(decided.stage, "declared");
    EXPECT_EQ(decided.confidence, 1.0);
    EXPECT_EQ(classifier.classify(Features{}, std::nullopt).stage, "rules");
}

TEST(Classifier, WhatNoStageDecidesGetsTheDefaultClass) {
    const Classifier classifier(with_rules({rule(kExtraction, [](auto& when) { when.has_image = true; })}));
    const Classification decided = classifier.classify(Features{}, std::nullopt);
    EXPECT_EQ(decided.request_class, kChat);
    EXPECT_EQ(decided.stage, "default");
    EXPECT_EQ(decided.confidence, 0.0);
    EXPECT_FALSE(decided.reason.empty());
}

TEST(Classifier, StagesAreAskedInOrderUntilOneDecides) {
    class Fixed final : public Stage {
    public:
        explicit Fixed(std::optional<ClassId> answer) : answer_(answer) {}
        [[nodiscard]] std::optional<Classification> classify(const Features&) const override {
            return answer_ ? std::optional(Classification{*answer_, 0.7, "model", {}}) : std::nullopt;
        }
        [[nodiscard]] FeatureLimits looks_at() const noexcept override { return {}; }

    private:
        std::optional<ClassId> answer_;
    };
    std::vector<std::unique_ptr<const Stage>> stages;
    stages.push_back(std::make_unique<Fixed>(std::nullopt));
    stages.push_back(std::make_unique<Fixed>(kScreen));
    stages.push_back(std::make_unique<Fixed>(kExtraction));
    const Classifier classifier(with_rules({}), std::move(stages));
    EXPECT_EQ(classifier.classify(Features{}, std::nullopt).request_class, kScreen);
}

}  // namespace
}  // namespace tierway::classify
