#include "tierway/lab/classifier_training.hpp"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "tierway/classify/classifier.hpp"
#include "tierway/lab/classifier_card.hpp"
#include "tierway/lab/folds.hpp"

namespace tierway::lab {
namespace {

constexpr std::array kAsks = std::to_array<std::pair<const char*, const char*>>({
    {"code", "Refactor the function that parses {} and add a unit test"},
    {"code", "Why does my program crash with a null pointer near {}?"},
    {"code", "Write a script that renames every file of {} in a folder"},
    {"math", "What is the integral of {} over the unit interval?"},
    {"math", "Solve the equation for {} and show each step"},
    {"math", "Prove that the sum of {} converges to a limit"},
    {"writing", "Write a short poem about {} in autumn"},
    {"writing", "Draft a friendly letter that invites our neighbours to {}"},
    {"writing", "Tell a story in which {} saves the village"},
});
constexpr std::array kThings = std::to_array<const char*>(
    {"the dates", "a river", "old books", "x squared", "seven apples", "the market", "a small boat", "winter light", "the series"});

/// Every ask about every thing, from two sources.
std::vector<LabelledPrompt> prompts() {
    std::vector<LabelledPrompt> rows;
    for (const auto& [label, ask] : kAsks) {
        for (const char* thing : kThings) {
            std::string text = ask;
            text.replace(text.find("{}"), 2, thing);
            LabelledPrompt& row = rows.emplace_back();
            row.id = "row-" + std::to_string(rows.size());
            row.label = label;
            row.source = rows.size() % 2 == 0 ? "even" : "odd";
            row.origin = rows.size() % 3 == 0 ? "template" : "user";
            row.features.ask = text;
            row.features.turns = 1;
            row.features.language = "latin";
        }
    }
    return rows;
}

void no_progress(std::string_view, std::size_t, std::size_t) {}

TEST(ClassifierTraining, LearnsWhatCanBeLearned) {
    const auto rows = prompts();
    const auto training = train_classifier(rows, {}, no_progress);
    ASSERT_TRUE(training) << training.error().message();
    EXPECT_EQ(training->rows, 81U);
    EXPECT_EQ(training->report.rows, 81U) << "each row is scored once";
    EXPECT_GT(training->report.accuracy, 0.95);
    EXPECT_EQ(training->model.labels, (std::vector<std::string>{"code", "math", "writing"}));
    ASSERT_EQ(training->left_out.size(), 2U);
    EXPECT_EQ(training->left_out[0].source, "even");
    EXPECT_EQ(training->left_out[0].report.rows + training->left_out[1].report.rows, 81U);
    EXPECT_GT(training->left_out[0].report.accuracy, 0.9);
}

TEST(ClassifierTraining, IsDeterministic) {
    const auto rows = prompts();
    EXPECT_EQ(train_classifier(rows, {}, no_progress)->model.weights, train_classifier(rows, {}, no_progress)->model.weights);
}

TEST(ClassifierTraining, LearnsNothingFromLabelsThatMeanNothing) {
    // The control: the same texts with labels drawn by lot.
    auto rows = prompts();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].label = std::array{"a", "b", "c"}[fold_of(rows[i].id, 3, 99)];
    }
    const auto training = train_classifier(rows, {}, no_progress);
    ASSERT_TRUE(training);
    EXPECT_LT(training->report.accuracy, 0.55);
}

TEST(ClassifierTraining, WritesAModelThatServes) {
    const auto rows = prompts();
    const auto training = train_classifier(rows, {}, no_progress);
    ASSERT_TRUE(training);
    const std::string path = std::filesystem::path(::testing::TempDir()) / "classifier_training_test.twm";
    ASSERT_TRUE(config::write_classifier_model(training->model, path));
    auto snapshot = std::make_shared<config::Snapshot>();
    snapshot->classes.resize(4);
    snapshot->classifier.default_class = config::ClassId{3};
    snapshot->classifier.model = {
        *config::ClassifierModel::open(path), 0.4, {config::ClassId{0}, config::ClassId{1}, config::ClassId{2}}};
    std::filesystem::remove(path);
    const classify::Classifier classifier(snapshot);
    classify::Features features;
    features.turns = 1;
    features.language = "latin";
    features.ask = "Refactor the program that crashes and add a test";
    EXPECT_EQ(classifier.classify(features, std::nullopt).request_class, config::ClassId{0});
    features.ask = "Write a poem about a story in the village";
    EXPECT_EQ(classifier.classify(features, std::nullopt).request_class, config::ClassId{2});
    // Eight bits a weight change nothing that matters.
    std::size_t agreed = 0;
    for (const LabelledPrompt& row : rows) {
        const auto said = classifier.classify(row.features, std::nullopt);
        agreed += said.stage == "model" && training->model.labels[config::index_of(said.request_class)] == row.label ? 1 : 0;
    }
    EXPECT_GT(agreed, 78U);
}

TEST(ClassifierTraining, ScoresOnlyTheOriginThatIsJudged) {
    const auto rows = prompts();
    ClassifierTrainingOptions options;
    options.judged_origin = "user";
    const auto training = train_classifier(rows, options, no_progress);
    ASSERT_TRUE(training);
    EXPECT_EQ(training->report.rows, 54U);
    EXPECT_EQ(training->rows, 81U);
}

TEST(ClassifierTraining, ReportsMergedClasses) {
    const auto rows = prompts();
    ClassifierTrainingOptions options;
    options.groups = {{"code", "exact"}, {"math", "exact"}};
    const auto training = train_classifier(rows, options, no_progress);
    ASSERT_TRUE(training && training->grouped);
    ASSERT_EQ(training->grouped->classes.size(), 2U);
    EXPECT_EQ(training->grouped->classes[0].name, "exact");
    EXPECT_EQ(training->grouped->classes[0].rows, 54U);
    EXPECT_GE(training->grouped->accuracy, training->report.accuracy);
}

TEST(ClassifierTraining, LearnsTwoClasses) {
    auto rows = prompts();
    std::erase_if(rows, [](const LabelledPrompt& row) { return row.label == "math"; });
    const auto training = train_classifier(rows, {}, no_progress);
    ASSERT_TRUE(training);
    EXPECT_GT(training->report.accuracy, 0.95);
    EXPECT_EQ(training->model.intercepts.size(), 2U);
}

TEST(ClassifierTraining, TellsHowFarItIs) {
    const auto rows = prompts();
    std::vector<std::size_t> done;
    std::size_t all = 0;
    const auto training = train_classifier(rows, {}, [&](std::string_view, std::size_t fitted, std::size_t of) {
        done.push_back(fitted);
        all = of;
    });
    ASSERT_TRUE(training);
    EXPECT_EQ(all, 5U + 2U + 1U);
    EXPECT_EQ(done, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(ClassifierTraining, RefusesWhatNothingCanBeLearnedFrom) {
    auto rows = prompts();
    rows.erase(rows.begin() + 10, rows.end() - 9);
    EXPECT_NE(train_classifier(rows, {}, no_progress).error().message().find("at least 20 are needed"), std::string_view::npos);
    rows = prompts();
    rows.resize(27);
    EXPECT_NE(train_classifier(rows, {}, no_progress).error().message().find("1 different classes"), std::string_view::npos);
    rows = prompts();
    ClassifierTrainingOptions options;
    options.judged_origin = "nobody";
    EXPECT_FALSE(train_classifier(rows, options, no_progress));
    options = {};
    options.folds = 1;
    EXPECT_FALSE(train_classifier(rows, options, no_progress));
}

TEST(ClassifierCard, ShowsScoresAndData) {
    const auto rows = prompts();
    ClassifierTrainingOptions options;
    options.groups = {{"code", "exact"}, {"math", "exact"}};
    const std::string report = training_report(*train_classifier(rows, options, no_progress));
    for (const char* part : {"## Scores", "| 3 classes", "| 2 merged classes", "## Classes", "| writing", "## Confusion",
                             "## Sources left out", "| even ", "| even, merged"}) {
        EXPECT_NE(report.find(part), std::string::npos) << part;
    }
    const std::string data = data_table(rows);
    EXPECT_NE(data.find("| even   |     user |       - |"), std::string::npos) << data;
}

}  // namespace
}  // namespace tierway::lab
