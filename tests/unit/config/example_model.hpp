#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tierway/config/classifier_model.hpp"

namespace tierway::config::test {

/// A folder of the running test's own, with a small model in it: two labels whose only weights are their intercepts, so that it
/// gives every request the same probabilities.
class ExampleModel {
public:
    explicit ExampleModel(std::vector<std::string> labels = {"chat", "code"}, std::vector<float> intercepts = {0.0F, 1.0F})
        : folder_(std::filesystem::path(::testing::TempDir()) / "example_model" /
                  ::testing::UnitTest::GetInstance()->current_test_info()->test_suite_name() /
                  ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
        std::filesystem::create_directories(folder_);
        trained_.recipe.text.word_slots_log2 = 8;
        trained_.recipe.text.character_slots_log2 = 0;
        trained_.recipe.opening.word_slots_log2 = 8;
        trained_.recipe.opening.character_slots_log2 = 0;
        trained_.weights.resize(trained_.recipe.columns() * labels.size());
        trained_.labels = std::move(labels);
        trained_.intercepts = std::move(intercepts);
    }
    ~ExampleModel() { std::filesystem::remove_all(folder_); }
    ExampleModel(const ExampleModel&) = delete;
    ExampleModel& operator=(const ExampleModel&) = delete;

    [[nodiscard]] TrainedClassifier& trained() noexcept { return trained_; }
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
    [[nodiscard]] std::string path() const { return folder_ / "model.twm"; }
    void write() const {
        const auto written = write_classifier_model(trained_, path());
        EXPECT_TRUE(written) << (written ? "" : written.error().message());
    }

private:
    std::filesystem::path folder_;
    TrainedClassifier trained_;
};

}  // namespace tierway::config::test
