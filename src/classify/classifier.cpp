#include "tierway/classify/classifier.hpp"

#include <algorithm>

namespace tierway::classify {

Classifier::Classifier(config::SnapshotPtr snapshot) : snapshot_(std::move(snapshot)) {
    if (!snapshot_->classifier.rules.empty()) {
        stages_.push_back(std::make_unique<const RuleStage>(snapshot_));
    }
    if (snapshot_->classifier.model) {
        auto model = std::make_unique<const ModelStage>(snapshot_);
        model_ = model.get();
        stages_.push_back(std::move(model));
    }
}

Classifier::Classifier(config::SnapshotPtr snapshot, std::vector<std::unique_ptr<const Stage>> stages)
    : snapshot_(std::move(snapshot)), stages_(std::move(stages)) {}

Classification Classifier::classify(const Features& features, std::optional<config::ClassId> declared) const {
    if (declared) {
        return {*declared, 1.0, "declared", "declared by the caller"};
    }
    for (const auto& stage : stages_) {
        if (auto decided = stage->classify(features)) {
            return *std::move(decided);
        }
    }
    return {snapshot_->classifier.default_class, 0.0, "default", "no stage decided"};
}

std::optional<ModelExplanation> Classifier::explain_model(const Features& features) const {
    if (model_ == nullptr) {
        return std::nullopt;
    }
    return model_->explain(features);
}

FeatureLimits Classifier::looks_at() const noexcept {
    FeatureLimits limits{.ask_bytes_max = 0, .text_shape = false};
    for (const auto& stage : stages_) {
        const FeatureLimits wanted = stage->looks_at();
        limits.ask_bytes_max = std::max(limits.ask_bytes_max, wanted.ask_bytes_max);
        limits.text_shape = limits.text_shape || wanted.text_shape;
    }
    return limits;
}

}  // namespace tierway::classify
