#include "tierway/classify/classifier.hpp"

#include <algorithm>

namespace tierway::classify {

Classifier::Classifier(config::SnapshotPtr snapshot) : snapshot_(std::move(snapshot)) {
    if (!snapshot_->classifier.rules.empty()) {
        stages_.push_back(std::make_unique<const RuleStage>(snapshot_));
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

bool Classifier::wants_text_shape() const noexcept {
    return std::any_of(stages_.begin(), stages_.end(), [](const auto& stage) { return stage->wants_text_shape(); });
}

}  // namespace tierway::classify
