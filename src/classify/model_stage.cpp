#include <algorithm>
#include <map>

#include "classify/model_score.hpp"
#include "tierway/base/assert.hpp"
#include "tierway/classify/classifier.hpp"
#include "tierway/classify/model_features.hpp"
#include "tierway/config/classifier_model.hpp"

namespace tierway::classify {
namespace {

constexpr std::size_t kHashDigits = 12;

/// The best group, and the best of the others.
template <class Groups>
std::pair<std::size_t, std::size_t> best_two(const Groups& groups) noexcept {
    std::size_t best = 0;
    std::size_t next = 0;
    for (std::size_t group = 1; group < groups.size(); ++group) {
        if (groups[group].probability > groups[best].probability) {
            next = best;
            best = group;
        } else if (next == best || groups[group].probability > groups[next].probability) {
            next = group;
        }
    }
    return {best, next};
}

/// The names of the columns. Several n-grams may share one: two are enough to tell.
std::map<std::uint32_t, std::string> names_of_columns(const Features& features, const config::ClassifierRecipe& recipe) {
    std::map<std::uint32_t, std::string> names;
    std::map<std::uint32_t, std::string> seen;
    name_model_features(features, recipe, [&](std::uint32_t column, const std::string& name) {
        std::string& known = names[column];
        if (known.empty()) {
            known = name;
            seen[column] = name;
        } else if (seen[column] == known && name != known) {
            known += " or " + name;
        }
    });
    return names;
}

}  // namespace

ModelStage::ModelStage(config::SnapshotPtr snapshot)
    : snapshot_(std::move(snapshot)), settings_(*snapshot_->classifier.model), model_(*settings_.model) {
    TIERWAY_ASSERT(settings_.class_of_label.size() == model_.labels().size());
    for (const std::optional<config::ClassId>& request_class : settings_.class_of_label) {
        auto group = groups_.end();
        if (request_class) {
            group = std::find_if(groups_.begin(), groups_.end(),
                                 [&](const Group& other) { return other.request_class == request_class; });
        }
        group_of_label_.push_back(static_cast<std::size_t>(group - groups_.begin()));
        if (group == groups_.end()) {
            groups_.push_back({request_class, 0.0, group_of_label_.size() - 1});
        }
    }
    reason_ = "model " + model_.hash().substr(0, kHashDigits);
}

FeatureLimits ModelStage::looks_at() const noexcept {
    return kModelLimits;
}

const ModelStage::Groups& ModelStage::weigh(const Features& features) const {
    struct Memory {
        ModelScratch scratch;
        std::vector<HashedFeature> columns;
        Groups groups;
    };
    thread_local Memory memory;
    model_features(features, model_.recipe(), memory.scratch, memory.columns);
    LabelNumbers probabilities;
    label_probabilities(model_, memory.columns, probabilities);
    memory.groups = groups_;
    for (std::size_t label = 0; label < group_of_label_.size(); ++label) {
        Group& group = memory.groups[group_of_label_[label]];
        group.probability += static_cast<double>(probabilities[label]);
        if (probabilities[label] > probabilities[group.best_label]) {
            group.best_label = label;
        }
    }
    return memory.groups;
}

std::optional<Classification> ModelStage::classify(const Features& features) const {
    if (features.ask.empty()) {
        return std::nullopt;
    }
    const Groups& groups = weigh(features);
    const Group& best = groups[best_two(groups).first];
    if (!best.request_class || best.probability < settings_.min_confidence) {
        return std::nullopt;
    }
    return Classification{*best.request_class, std::min(best.probability, 1.0), "model", reason_};
}

ModelExplanation ModelStage::explain(const Features& features) const {
    const Groups& groups = weigh(features);
    const auto [best, next] = best_two(groups);
    const std::size_t label = groups[best].best_label;
    const std::size_t other = groups[next].best_label;
    ModelExplanation explanation;
    explanation.label = model_.labels()[label];
    explanation.confidence = std::min(groups[best].probability, 1.0);
    explanation.runner_up = model_.labels()[other];
    explanation.runner_up_confidence = std::min(groups[next].probability, 1.0);

    ModelScratch scratch;
    std::vector<HashedFeature> columns;
    model_features(features, model_.recipe(), scratch, columns);
    std::map<std::uint32_t, double> contributions;
    for (const HashedFeature& feature : columns) {
        const auto weight = [&](std::size_t of) {
            return static_cast<double>(model_.scales()[of]) * model_.weights()[feature.slot * model_.stride() + of];
        };
        contributions[feature.slot] +=
            static_cast<double>(feature.value) * (weight(label) - weight(other)) / static_cast<double>(model_.temperature());
    }
    for (const auto& [column, name] : names_of_columns(features, model_.recipe())) {
        if (contributions[column] > 0.0) {
            explanation.features.emplace_back(name, contributions[column]);
        }
    }
    std::stable_sort(explanation.features.begin(), explanation.features.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    explanation.features.resize(std::min(explanation.features.size(), ModelExplanation::kDecidingFeatures));
    return explanation;
}

}  // namespace tierway::classify
