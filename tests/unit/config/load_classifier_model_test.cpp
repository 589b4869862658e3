#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "config/configuration_text.hpp"
#include "config/example_model.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kDefault = "default_class: chat";

/// The valid text with this `model` under `classifier`, as if it lay in the model's folder.
LoadResult load_with(const ExampleModel& example, const std::string& model) {
    return load_text(changed(kDefault, "default_class: chat\n  model: " + model), example.folder() / "t.yaml",
                     PriceCatalogue::built_in(), test_environment());
}

TEST(LoadClassifierModel, ReportsEachMistakeOfTheSection) {
    expect_problems(std::to_array<Mistake>({
        {"no file", kDefault, "default_class: chat\n  model: ^{min_confidence: 0.5}", "`classifier.model` lacks `file`"},
        {"as a name", kDefault, "default_class: chat\n  model: ^model.twm", "`classifier.model` must be a mapping"},
        {"missing file", kDefault, "default_class: chat\n  model: {file: ^\"nowhere/a.twm\"}",
         "`classifier.model.file` is no model that can be used: `nowhere/a.twm`. It cannot be read: No such file or directory."},
        {"a folder", kDefault, "default_class: chat\n  model: {file: ^\"/\"}", "It is no regular file."},
    }));
}

TEST(LoadClassifierModel, FindsTheFileBesideTheConfiguration) {
    const ExampleModel example;
    example.write();
    const LoadResult result = load_with(example, R"({file: "model.twm", min_confidence: 0.7})");
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_TRUE(result.warnings.empty()) << report_of(result.warnings);
    const auto& model = result.snapshot->classifier.model;
    ASSERT_TRUE(model);
    EXPECT_EQ(model->min_confidence, 0.7);
    EXPECT_EQ(model->class_of_label, (std::vector<std::optional<ClassId>>{ClassId{0}, ClassId{1}}));
    EXPECT_NE(load_with(example, "{file: \"" + example.path() + "\"}").snapshot, nullptr) << "an absolute name stays as it is";
}

TEST(LoadClassifierModel, ReportsADamagedFileAtItsName) {
    const ExampleModel example;
    example.write();
    std::filesystem::resize_file(example.path(), std::filesystem::file_size(example.path()) - 1);
    const LoadResult result = load_with(example, "{file: model.twm}");
    EXPECT_EQ(result.snapshot, nullptr);
    ASSERT_EQ(result.problems.size(), 1U);
    const std::string problem = result.problems.front().to_string();
    EXPECT_TRUE(problem.starts_with((example.folder() / "t.yaml").string() + ":19:17: ")) << problem;
    EXPECT_NE(problem.find("It is damaged: "), std::string::npos) << problem;
}

TEST(LoadClassifierModel, MapsLabelsToClasses) {
    const ExampleModel example({"coding", "small_talk", "chat"}, {0.0F, 0.0F, 0.0F});
    example.write();
    const LoadResult result = load_with(example, "{file: model.twm, labels: {coding: code, small_talk: chat}}");
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_TRUE(result.warnings.empty());
    EXPECT_EQ(result.snapshot->classifier.model->class_of_label,
              (std::vector<std::optional<ClassId>>{ClassId{1}, ClassId{0}, ClassId{0}}));
}

TEST(LoadClassifierModel, WarnsOfALabelThatIsNoClass) {
    const ExampleModel example({"chat", "poetry"});
    example.write();
    const LoadResult result = load_with(example, "{file: model.twm}");
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    ASSERT_EQ(result.warnings.size(), 1U);
    EXPECT_NE(result.warnings.front().message.find("has the label `poetry`, which is no class"), std::string::npos);
    EXPECT_EQ(result.snapshot->classifier.model->class_of_label[1], std::nullopt);
}

TEST(LoadClassifierModel, RefusesNamesThatAreNotThere) {
    const ExampleModel example;
    example.write();
    const LoadResult label = load_with(example, "{file: model.twm, labels: {cods: code}}");
    ASSERT_EQ(label.problems.size(), 1U);
    EXPECT_NE(label.problems.front().message.find("names a label that the model does not have. Did you mean `code`?"),
              std::string::npos)
        << label.problems.front().message;
    const LoadResult request_class = load_with(example, "{file: model.twm, labels: {code: coder}}");
    ASSERT_EQ(request_class.problems.size(), 1U);
    EXPECT_NE(request_class.problems.front().message.find("names the class `coder`"), std::string::npos);
    const LoadResult confidence = load_with(example, "{file: model.twm, min_confidence: 1.5}");
    ASSERT_EQ(confidence.problems.size(), 1U);
    EXPECT_NE(load_with(example, "{file: model.twm, min_confidense: 0.5}").problems.front().message.find("`min_confidence`"),
              std::string::npos);
}

TEST(LoadClassifierModel, AnotherModelIsAnotherPolicy) {
    ExampleModel example;
    example.write();
    const LoadResult before = load_with(example, "{file: model.twm}");
    example.trained().intercepts[0] = 3.0F;
    example.write();
    const LoadResult after = load_with(example, "{file: model.twm}");
    ASSERT_TRUE(before.snapshot && after.snapshot);
    EXPECT_NE(before.snapshot->policy_hash, after.snapshot->policy_hash);
    EXPECT_EQ(before.snapshot->policy_hash.size(), 12U);
}

}  // namespace
}  // namespace tierway::config::test
