#include "tierway/config/classifier_model.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <type_traits>

#include "tierway/base/assert.hpp"

namespace tierway::config {
namespace {

constexpr std::string_view kKind = "classifier";
constexpr std::uint32_t kVersion = 1;
constexpr std::string_view kRecipe = "recipe";
constexpr std::string_view kLabels = "labels";
constexpr std::string_view kWeights = "weights";
constexpr std::string_view kScales = "scales";
constexpr std::string_view kIntercepts = "intercepts";
constexpr std::string_view kTemperature = "temperature";
constexpr float kTemperatureMin = 0.01F;
constexpr float kTemperatureMax = 100.0F;
constexpr int kWeightMax = 127;

constexpr std::uint32_t kOpeningBytesMin = 16;
constexpr std::uint32_t kOpeningBytesMax = 4096;
constexpr std::uint32_t kPermilleMax = 100'000;

static_assert(std::has_unique_object_representations_v<ClassifierRecipe>, "its bytes are written");

std::size_t stride_for(std::size_t labels) noexcept {
    constexpr std::size_t kStep = 4;
    return (labels + kStep - 1) / kStep * kStep;
}

bool is_label(std::string_view label) noexcept {
    return !label.empty() && label.size() <= ClassifierModel::kLabelBytesMax &&
           std::none_of(label.begin(), label.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool all_finite(std::span<const float> values) noexcept {
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

template <class T>
Result<void> take(Result<T> value, T& target) {
    if (!value) {
        return value.error();
    }
    target = *std::move(value);
    return {};
}

Error unusable(std::string_view section) {
    return Error::internal("Its section \"" + std::string(section) + "\" holds what no classifier has.");
}

}  // namespace

Result<void> ClassifierRecipe::check() const {
    if (auto fine = text.check(); !fine) {
        return fine;
    }
    if (auto fine = opening.check(); !fine) {
        return fine;
    }
    if (opening_bytes_max < kOpeningBytesMin || opening_bytes_max > kOpeningBytesMax || opening_permille > kPermilleMax ||
        structure_permille > kPermilleMax || earlier_permille > kPermilleMax || structure_features != kStructureFeatures) {
        return Error::internal("Its recipe for features is none that this build knows: train it again with this build.");
    }
    return {};
}

Result<std::shared_ptr<const ClassifierModel>> ClassifierModel::open(const std::string& path) {
    auto file = ArtifactFile::open(path, kKind, kVersion);
    if (!file) {
        return file.error();
    }
    std::shared_ptr<ClassifierModel> model(new ClassifierModel(*std::move(file)));
    if (auto fine = model->read(); !fine) {
        return fine.error();
    }
    return std::shared_ptr<const ClassifierModel>(std::move(model));
}

Result<void> ClassifierModel::read_labels() {
    auto labels = file_->texts(kLabels);
    if (!labels) {
        return labels.error();
    }
    labels_ = *std::move(labels);
    const std::set<std::string_view> different(labels_.begin(), labels_.end());
    if (labels_.size() < 2 || labels_.size() > kLabelsMax || different.size() != labels_.size() ||
        !std::all_of(labels_.begin(), labels_.end(), is_label)) {
        return unusable(kLabels);
    }
    stride_ = stride_for(labels_.size());
    return {};
}

Result<void> ClassifierModel::read() {
    auto fine = take(file_->value<ClassifierRecipe>(kRecipe), recipe_);
    fine = fine ? recipe_.check() : fine;
    fine = fine ? read_labels() : fine;
    fine = fine ? take(file_->array<std::int8_t>(kWeights), weights_) : fine;
    fine = fine ? take(file_->array<float>(kScales), scales_) : fine;
    fine = fine ? take(file_->array<float>(kIntercepts), intercepts_) : fine;
    fine = fine ? take(file_->value<float>(kTemperature), temperature_) : fine;
    if (!fine) {
        return fine;
    }
    if (weights_.size() != recipe_.columns() * stride_ + kLanes) {
        return unusable(kWeights);
    }
    if (scales_.size() != labels_.size() || !all_finite(scales_)) {
        return unusable(kScales);
    }
    if (intercepts_.size() != labels_.size() || !all_finite(intercepts_)) {
        return unusable(kIntercepts);
    }
    if (!(temperature_ >= kTemperatureMin && temperature_ <= kTemperatureMax)) {
        return unusable(kTemperature);
    }
    return {};
}

Result<void> write_classifier_model(const TrainedClassifier& trained, const std::string& path) {
    const std::size_t labels = trained.labels.size();
    const std::size_t columns = trained.recipe.columns();
    TIERWAY_ASSERT(trained.weights.size() == columns * labels && trained.intercepts.size() == labels);
    if (labels < 2 || labels > ClassifierModel::kLabelsMax) {
        return Error::internal("A classifier has 2 to " + std::to_string(ClassifierModel::kLabelsMax) + " classes.");
    }
    for (const std::string& label : trained.labels) {
        if (!is_label(label)) {
            return Error::internal("A class's name has 1 to " + std::to_string(ClassifierModel::kLabelBytesMax) +
                                   " bytes without control characters.");
        }
    }
    std::vector<float> scales(labels);
    for (std::size_t i = 0; i < trained.weights.size(); ++i) {
        scales[i % labels] = std::max(scales[i % labels], std::abs(trained.weights[i]) / static_cast<float>(kWeightMax));
    }
    const std::size_t stride = stride_for(labels);
    std::vector<std::int8_t> weights(columns * stride + ClassifierModel::kLanes);
    for (std::size_t i = 0; i < trained.weights.size(); ++i) {
        const float scale = scales[i % labels];
        const float rounded = scale > 0.0F ? std::round(trained.weights[i] / scale) : 0.0F;
        weights[i / labels * stride + i % labels] = static_cast<std::int8_t>(std::clamp(rounded, -127.0F, 127.0F));
    }
    ArtifactWriter writer(kKind, kVersion);
    writer.add_value(kRecipe, trained.recipe);
    writer.add_texts(kLabels, trained.labels);
    writer.add_array<std::int8_t>(kWeights, weights);
    writer.add_array<float>(kScales, scales);
    writer.add_array<float>(kIntercepts, trained.intercepts);
    writer.add_value(kTemperature, trained.temperature);
    return writer.write(path);
}

}  // namespace tierway::config
