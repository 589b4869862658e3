#include "tierway/config/classifier_model.hpp"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <limits>

#include "config/example_model.hpp"

namespace tierway::config::test {
namespace {

std::string complaint(const std::string& path) {
    const auto model = ClassifierModel::open(path);
    return model ? std::string() : std::string(model.error().message());
}

TEST(ClassifierModel, GivesBackWhatWasTrained) {
    ExampleModel example({"chat", "code", "math"}, {0.5F, -1.0F, 0.0F});
    TrainedClassifier& trained = example.trained();
    trained.temperature = 1.25F;
    trained.weights[3 * 7 + 1] = 2.0F;
    trained.weights[3 * 7 + 2] = -0.1F;
    trained.weights[3 * 8 + 1] = -1.0F;
    example.write();
    const auto opened = ClassifierModel::open(example.path());
    ASSERT_TRUE(opened) << opened.error().message();
    const ClassifierModel& model = **opened;
    EXPECT_EQ(model.labels(), (std::vector<std::string_view>{"chat", "code", "math"}));
    EXPECT_EQ(model.recipe().columns(), 256U + 256U + kStructureFeatures);
    EXPECT_EQ(model.temperature(), 1.25F);
    EXPECT_EQ(model.intercepts()[1], -1.0F);
    const auto weight = [&](std::size_t column, std::size_t label) {
        return static_cast<float>(model.weights()[column * model.stride() + label]) * model.scales()[label];
    };
    EXPECT_NEAR(weight(7, 1), 2.0F, 1e-5F);
    EXPECT_NEAR(weight(8, 1), -1.0F, 2.0F / 127);
    EXPECT_NEAR(weight(7, 2), -0.1F, 1e-5F) << "each label has a scale of its own";
    EXPECT_EQ(weight(7, 0), 0.0F);
    EXPECT_EQ(model.hash().size(), 64U);
}

TEST(ClassifierModel, IsNoOtherArtefact) {
    const ExampleModel example;
    ASSERT_TRUE(ArtifactWriter("gain", 1).write(example.path()));
    EXPECT_EQ(complaint(example.path()), R"(It holds an artefact of the kind "gain", and what is needed here is "classifier".)");
    ASSERT_TRUE(ArtifactWriter("classifier", 1).write(example.path()));
    EXPECT_EQ(complaint(example.path()), R"(It lacks the section "recipe".)");
}

/// A sound file with one section replaced.
std::string with_section(const ExampleModel& example, std::string_view name, std::string_view bytes) {
    const auto sound = ArtifactFile::open(example.path(), "classifier", 1);
    EXPECT_TRUE(sound);
    ArtifactWriter writer("classifier", 1);
    for (const char* section : {"recipe", "labels", "weights", "scales", "intercepts", "temperature"}) {
        writer.add(section, section == name ? bytes : *(*sound)->section(section));
    }
    const std::string path = example.folder() / "changed.twm";
    EXPECT_TRUE(writer.write(path));
    return path;
}

template <class T>
std::string_view bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

TEST(ClassifierModel, RefusesWhatNoClassifierHasThoughTheChecksumFits) {
    const ExampleModel example;
    example.write();
    EXPECT_EQ(complaint(with_section(example, "none", "")), "");
    const std::string_view one_label("chat\0", 5);
    const std::string_view twice("chat\0chat\0", 10);
    const std::string_view unprintable("chat\0co\nde\0", 11);
    const std::string_view endless("chat\0code", 9);
    for (const std::string_view labels : {one_label, twice, unprintable, endless}) {
        EXPECT_NE(complaint(with_section(example, "labels", labels)).find("Its section \"labels\""), std::string::npos) << labels;
    }
    EXPECT_NE(complaint(with_section(example, "weights", std::string(100, '\0'))), "");
    EXPECT_NE(complaint(with_section(example, "scales", bytes_of(1.0F))), "");
    const std::array<float, 2> not_finite{1.0F, std::numeric_limits<float>::quiet_NaN()};
    EXPECT_NE(complaint(with_section(example, "scales", bytes_of(not_finite))), "");
    EXPECT_NE(complaint(with_section(example, "intercepts", bytes_of(not_finite))), "");
    for (const float temperature : {0.0F, -1.0F, 1e9F, std::numeric_limits<float>::quiet_NaN()}) {
        EXPECT_NE(complaint(with_section(example, "temperature", bytes_of(temperature))), "") << temperature;
    }
    ClassifierRecipe recipe;
    recipe.text.word_slots_log2 = 30;
    EXPECT_NE(complaint(with_section(example, "recipe", bytes_of(recipe))), "");
    recipe = {};
    recipe.structure_features = 5'000;
    EXPECT_NE(complaint(with_section(example, "recipe", bytes_of(recipe))), "");
    EXPECT_NE(complaint(with_section(example, "recipe", "short")), "");
}

TEST(ClassifierModel, RefusesToWriteLabelsThatAreNone) {
    ExampleModel example;
    example.trained().labels = {"chat", ""};
    EXPECT_FALSE(write_classifier_model(example.trained(), example.path()));
    example.trained().labels = {"chat", std::string(65, 'x')};
    EXPECT_FALSE(write_classifier_model(example.trained(), example.path()));
    EXPECT_FALSE(std::filesystem::exists(example.path()));
}

}  // namespace
}  // namespace tierway::config::test
