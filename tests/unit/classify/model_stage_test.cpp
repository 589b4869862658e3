#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "classify/chat_body.hpp"
#include "config/example_model.hpp"
#include "tierway/classify/classifier.hpp"
#include "tierway/classify/model_features.hpp"

namespace tierway::classify {
namespace {

using namespace testing;
using config::ClassId;
using config::test::ExampleModel;

Features features_of(std::string_view ask) {
    return ChatBody(message("user", ask)).features(kModelLimits);
}

/// A model that knows a few words by heart.
class ModelStageTest : public ::testing::Test {
protected:
    ModelStageTest() : example_({"chat", "code", "math"}, {0.0F, 0.0F, 0.0F}) {
        learn("hello", 0, 9.0F);
        learn("refactor", 1, 9.0F);
        learn("integral", 2, 9.0F);
    }
    void learn(std::string_view word, std::size_t label, float weight) {
        name_ngrams(word, example_.trained().recipe.text, [&](std::uint32_t slot, std::string_view) {
            example_.trained().weights[slot * example_.trained().labels.size() + label] = weight;
        });
    }
    /// \param classes by label.
    config::SnapshotPtr snapshot(std::vector<std::optional<ClassId>> classes, double min_confidence = 0.5) {
        example_.write();
        auto snapshot = std::make_shared<config::Snapshot>();
        snapshot->classes.resize(4);
        snapshot->classifier.default_class = ClassId{3};
        const auto model = config::ClassifierModel::open(example_.path());
        EXPECT_TRUE(model);
        snapshot->classifier.model = {*model, min_confidence, std::move(classes)};
        return snapshot;
    }
    config::SnapshotPtr snapshot() { return snapshot({ClassId{0}, ClassId{1}, ClassId{2}}); }

    ExampleModel example_;
};

TEST_F(ModelStageTest, DecidesForTheLikeliestClass) {
    const Classifier classifier(snapshot());
    const Classification code = classifier.classify(features_of("refactor"), std::nullopt);
    EXPECT_EQ(code.request_class, ClassId{1});
    EXPECT_EQ(code.stage, "model");
    EXPECT_EQ(code.reason.substr(0, 6), "model ");
    EXPECT_EQ(code.reason.size(), 6U + 12U);
    // One word fills its block alone, with the value 1.
    EXPECT_NEAR(code.confidence, std::exp(9.0) / (std::exp(9.0) + 2.0), 1e-3);
    EXPECT_EQ(classifier.classify(features_of("integral"), std::nullopt).request_class, ClassId{2});
}

TEST_F(ModelStageTest, AbstainsBelowItsConfidence) {
    const Classifier classifier(snapshot({ClassId{0}, ClassId{1}, ClassId{2}}, 0.5));
    const Classification decided = classifier.classify(features_of("nothing that it knows"), std::nullopt);
    EXPECT_EQ(decided.stage, "default");
    EXPECT_EQ(decided.request_class, ClassId{3});
    const Classifier bolder(snapshot({ClassId{0}, ClassId{1}, ClassId{2}}, 0.3));
    EXPECT_EQ(bolder.classify(features_of("what"), std::nullopt).stage, "model");
}

TEST_F(ModelStageTest, AbstainsWithoutWords) {
    const ModelStage stage(snapshot({ClassId{0}, ClassId{1}, ClassId{2}}, 0.0));
    EXPECT_FALSE(stage.classify(Features{}));
    EXPECT_TRUE(stage.classify(features_of("x")));
}

TEST_F(ModelStageTest, AbstainsWhereTheLikeliestLabelIsNoClass) {
    const ModelStage stage(snapshot({ClassId{0}, std::nullopt, ClassId{2}}));
    EXPECT_FALSE(stage.classify(features_of("refactor")));
    EXPECT_TRUE(stage.classify(features_of("integral")));
}

TEST_F(ModelStageTest, AddsUpLabelsOfOneClass) {
    // Neither label reaches a half alone.
    const ModelStage stage(snapshot({ClassId{0}, ClassId{1}, ClassId{1}}, 0.6));
    const auto decided = stage.classify(features_of("unknown"));
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->request_class, ClassId{1});
    EXPECT_NEAR(decided->confidence, 2.0 / 3.0, 1e-5);
}

TEST_F(ModelStageTest, RulesAndDeclaredClassesComeFirst) {
    auto with_rule = std::make_shared<config::Snapshot>(*snapshot());
    config::Rule rule;
    rule.request_class = ClassId{0};
    rule.when.has_tools = true;
    with_rule->classifier.rules.push_back(rule);
    const Classifier classifier(with_rule);
    Features features = features_of("refactor");
    EXPECT_EQ(classifier.classify(features, ClassId{2}).stage, "declared");
    EXPECT_EQ(classifier.classify(features, std::nullopt).stage, "model");
    features.has_tools = true;
    EXPECT_EQ(classifier.classify(features, std::nullopt).stage, "rules");
}

TEST_F(ModelStageTest, IsSofterWhereItsTemperatureIsHigher) {
    example_.trained().temperature = 3.0F;
    const ModelStage stage(snapshot());
    EXPECT_NEAR(stage.classify(features_of("refactor"))->confidence, std::exp(3.0) / (std::exp(3.0) + 2.0), 1e-3);
}

TEST_F(ModelStageTest, ReadsTheEarlierAsksToo) {
    const ModelStage stage(snapshot());
    const ChatBody body(message("user", "refactor") + "," + message("assistant", "Done.") + "," + message("user", "once more"));
    const auto decided = stage.classify(body.features(kModelLimits));
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->request_class, ClassId{1});
}

TEST_F(ModelStageTest, ExplainsByWhatSpokeMost) {
    learn("please", 1, 2.0F);
    const Classifier classifier(snapshot());
    const auto explanation = classifier.explain_model(features_of("Please refactor, hello"));
    ASSERT_TRUE(explanation);
    EXPECT_EQ(explanation->label, "code");
    EXPECT_EQ(explanation->runner_up, "chat");
    EXPECT_GT(explanation->confidence, explanation->runner_up_confidence);
    ASSERT_EQ(explanation->features.size(), 2U) << "what spoke for the other label is not among them";
    EXPECT_EQ(explanation->features[0].first, R"("refactor")");
    EXPECT_EQ(explanation->features[1].first, R"("please")");
    EXPECT_NEAR(explanation->features[0].second, 9.0 / 2.0 / std::sqrt(7.0 / 4.0), 0.1);
}

TEST_F(ModelStageTest, WithoutAModelThereIsNothingToExplain) {
    EXPECT_FALSE(Classifier(std::make_shared<config::Snapshot>()).explain_model(features_of("x")));
}

TEST_F(ModelStageTest, ClassifiesFromAllThreadsAtOnce) {
    const Classifier classifier(snapshot());
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&classifier, i] {
            const Features features = features_of(i % 2 == 0 ? "refactor" : "integral");
            for (int j = 0; j < 300; ++j) {
                ASSERT_EQ(classifier.classify(features, std::nullopt).request_class, ClassId(i % 2 == 0 ? 1U : 2U));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

TEST_F(ModelStageTest, HasNoTroubleWithManyLabels) {
    std::vector<std::string> labels;
    std::vector<std::optional<ClassId>> classes;
    for (int i = 0; i < 40; ++i) {
        labels.push_back("label" + std::to_string(i));
        classes.emplace_back(ClassId(i == 37 ? 1U : 0U));
    }
    std::vector<float> intercepts(40, 0.0F);
    intercepts[37] = 10.0F;
    const ExampleModel many(labels, intercepts);
    many.write();
    auto snapshot = std::make_shared<config::Snapshot>();
    snapshot->classes.resize(2);
    snapshot->classifier.model = {*config::ClassifierModel::open(many.path()), 0.5, classes};
    EXPECT_EQ(ModelStage(snapshot).classify(features_of("anything"))->request_class, ClassId{1});
}

}  // namespace
}  // namespace tierway::classify
