#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/artifact_file.hpp"
#include "tierway/base/error.hpp"
#include "tierway/base/ngram_hash.hpp"

namespace tierway::config {

/// How many structural features `classify` knows. A model with another number is of a build that meant other things by them.
inline constexpr std::uint32_t kStructureFeatures = 55;

/// How a request becomes the columns of a classifier's model; `classify::model_features` carries it out. Columns are, in this
/// order, the n-grams of the asks, the n-grams of the newest ask's opening, and the structural features. Stored in the model's file as
/// these bytes. The defaults are what cross-validation found best (docs/learning.md).
struct ClassifierRecipe {
    NgramRecipe text{.word_slots_log2 = 14, .character_slots_log2 = 14, .characters_min = 4, .characters_max = 4};
    NgramRecipe opening{.word_slots_log2 = 13, .character_slots_log2 = 13, .characters_min = 3, .characters_max = 4};
    std::uint32_t opening_bytes_max = 200;  ///< The opening is the ask's first line, up to this many bytes: 16 to 4096.
    /// How much a block weighs against one block of the newest ask's n-grams, in thousandths: 0 to 100,000.
    std::uint32_t opening_permille = 1'000;
    std::uint32_t structure_permille = 150;  ///< Each structural feature that holds.
    std::uint32_t earlier_permille = 250;    ///< The earlier asks together.
    std::uint32_t structure_features = kStructureFeatures;

    [[nodiscard]] std::size_t columns() const noexcept { return text.slots() + opening.slots() + structure_features; }
    /// Error: a number is outside its bounds.
    [[nodiscard]] Result<void> check() const;
};

/// A multinomial logistic model of request classes, as its file holds it. Label l has the score
/// `intercepts[l] + scales[l] · Σ value(column) · weights[column · stride + l]`; the probabilities are the softmax of the scores
/// divided by the temperature.
/// Life cycle: opened with the configuration, shared by its snapshot; immutable, from any thread.
class ClassifierModel {
public:
    static constexpr std::size_t kLabelsMax = 64;
    static constexpr std::size_t kLabelBytesMax = 64;
    /// A column's weights may be read in pieces of so many, also beyond its own and the last column's.
    static constexpr std::size_t kLanes = 16;

    /// Errors are whole sentences about the file that do not name it: "It is damaged: …".
    static Result<std::shared_ptr<const ClassifierModel>> open(const std::string& path);

    [[nodiscard]] const ClassifierRecipe& recipe() const noexcept { return recipe_; }
    [[nodiscard]] const std::vector<std::string_view>& labels() const noexcept { return labels_; }
    [[nodiscard]] std::size_t stride() const noexcept { return stride_; }
    /// columns × stride, then `kLanes` more.
    [[nodiscard]] std::span<const std::int8_t> weights() const noexcept { return weights_; }
    [[nodiscard]] std::span<const float> scales() const noexcept { return scales_; }
    [[nodiscard]] std::span<const float> intercepts() const noexcept { return intercepts_; }
    [[nodiscard]] float temperature() const noexcept { return temperature_; }
    /// Names this model in records: lower-case hexadecimal SHA-256 of its file.
    [[nodiscard]] std::string hash() const { return file_->hash(); }

private:
    explicit ClassifierModel(std::shared_ptr<const ArtifactFile> file) : file_(std::move(file)) {}

    Result<void> read();
    Result<void> read_labels();

    std::shared_ptr<const ArtifactFile> file_;
    ClassifierRecipe recipe_;
    std::vector<std::string_view> labels_;
    std::size_t stride_ = 0;
    std::span<const std::int8_t> weights_;
    std::span<const float> scales_;
    std::span<const float> intercepts_;
    float temperature_ = 1.0F;
};

/// A trained model before it is written.
struct TrainedClassifier {
    ClassifierRecipe recipe;
    std::vector<std::string> labels;
    std::vector<float> weights;  ///< columns × labels, those of a column together.
    std::vector<float> intercepts;
    float temperature = 1.0F;
};

/// Rounds the weights to eight bits, label by label, and writes the file that `ClassifierModel::open` reads.
/// REQUIRES: sizes agree and the recipe is sound. Error: a label is none, or the file cannot be written.
Result<void> write_classifier_model(const TrainedClassifier& trained, const std::string& path);

}  // namespace tierway::config
