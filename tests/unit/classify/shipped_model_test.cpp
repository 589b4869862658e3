#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "classify/chat_body.hpp"
#include "tierway/classify/classifier.hpp"
#include "tierway/classify/model_features.hpp"
#include "tierway/config/load.hpp"

namespace tierway::classify {
namespace {

using namespace testing;

/// The example configuration with the model beside it.
config::SnapshotPtr example() {
    const config::Environment environment = [](const std::string&) { return std::optional<std::string>("sk-test-value"); };
    const std::string path = std::string(TIERWAY_SOURCE_DIR) + "/config/example.yaml";
    const auto result = config::load_file(path, config::PriceCatalogue::built_in(), environment);
    EXPECT_TRUE(result.problems.empty()) << result.problems.front().to_string();
    EXPECT_TRUE(result.warnings.empty()) << result.warnings.front().to_string();
    return result.snapshot;
}

TEST(ShippedModel, KnowsWhatPeopleOftenAsk) {
    const config::SnapshotPtr snapshot = example();
    ASSERT_NE(snapshot, nullptr);
    const ModelStage stage(snapshot);
    using Case = std::pair<const char*, const char*>;
    for (const auto& [ask, expected] : {
             Case{"Write a python function that merges two sorted lists and returns a new one.", "code"},
             Case{"My C++ program throws std::bad_alloc when I push_back into a vector. How do I fix the bug?", "code"},
             Case{"Write a short story about a lighthouse keeper who finds a letter in a bottle.", "creative_writing"},
             Case{"Translate the following sentence into Spanish: The train leaves at nine.", "rewriting"},
             Case{"Summarize the following article in three sentences:\nThe council met on Tuesday to discuss the new bridge.",
                  "summarization"},
             Case{"A shop sells pens at 3 dollars each. If Ana buys 7 pens and pays with 50 dollars, how much change does she get?",
                  "math"},
             Case{"What are the best ways to learn to swim as an adult?", "open_qa"},
         }) {
        const auto decided = stage.classify(ChatBody(message("user", ask)).features(kModelLimits));
        ASSERT_TRUE(decided) << ask;
        EXPECT_EQ(snapshot->request_class(decided->request_class).name, expected) << ask;
    }
}

TEST(ShippedModel, SaysWhatDecided) {
    const config::SnapshotPtr snapshot = example();
    ASSERT_NE(snapshot, nullptr);
    const ModelExplanation explanation =
        ModelStage(snapshot).explain(ChatBody(message("user", "Translate this letter into French.")).features(kModelLimits));
    EXPECT_EQ(explanation.label, "translation");
    ASSERT_FALSE(explanation.features.empty());
    const bool names_the_word =
        std::any_of(explanation.features.begin(), explanation.features.end(),
                    [](const auto& feature) { return feature.first.find("translate") != std::string::npos; });
    EXPECT_TRUE(names_the_word);
}

TEST(ShippedModel, IsSmall) {
    EXPECT_LT(std::filesystem::file_size(std::string(TIERWAY_SOURCE_DIR) + "/config/classifier.twm"), 700'000U);
}

}  // namespace
}  // namespace tierway::classify
