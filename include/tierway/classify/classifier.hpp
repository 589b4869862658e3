#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tierway/classify/classification.hpp"
#include "tierway/classify/features.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/config/text_pattern_set.hpp"

namespace tierway::classify {

/// One way to find the class. Stages are asked in order; the first that does not abstain decides. Implementations are immutable
/// and safe to call from every worker at once.
class Stage {
public:
    virtual ~Stage() = default;
    /// Empty: this stage abstains.
    [[nodiscard]] virtual std::optional<Classification> classify(const Features& features) const = 0;
    /// How much of a request it looks at: features beyond that need not be extracted for it.
    [[nodiscard]] virtual FeatureLimits looks_at() const noexcept = 0;
};

/// Matches the configured rules in order; the first whose conditions all hold decides. Its reason names the rule by its position
/// from 1 and its conditions: "rule 3: has_image, tool_named=computer*". Text patterns are searched in at most 2 KiB
/// of the ask, two thirds of that from its start and the rest from its end: what is asked for stands there, what lies between is
/// material.
class RuleStage final : public Stage {
public:
    explicit RuleStage(config::SnapshotPtr snapshot);
    [[nodiscard]] std::optional<Classification> classify(const Features& features) const override;
    [[nodiscard]] FeatureLimits looks_at() const noexcept override { return looks_at_; }

private:
    config::SnapshotPtr snapshot_;
    std::vector<std::string> reasons_;          ///< By rule.
    std::vector<std::size_t> pattern_of_rule_;  ///< Position in `patterns_`, for the rules that have a text pattern.
    config::TextPatternSet patterns_;
    FeatureLimits looks_at_;
};

/// What a model made of a request, and why: for `tierway explain`.
struct ModelExplanation {
    std::string_view label;               ///< What fits best. Labels live as long as the classifier.
    double confidence = 0.0;              ///< Of its class, also when the stage abstains for it.
    std::string_view runner_up;           ///< The best label of any other class.
    double runner_up_confidence = 0.0;    ///< Of its class.
    /// What spoke most for the label against the runner-up, strongest first, and by how much it moved their log-odds: n-grams in
    /// quotes and structural features. At most `kDecidingFeatures`.
    std::vector<std::pair<std::string, double>> features;

    static constexpr std::size_t kDecidingFeatures = 12;
};

/// Asks a learned model, and abstains below the configured confidence, where the label that fits best is no class, and of a request
/// without text. The confidence is calibrated: of the requests that are given one of 0.8, about 80 in 100 are of the class, if they
/// are such as the model was trained on. Labels that mean the same class are added up. A thread that classifies keeps some memory for
/// it; nothing is allocated once warm.
class ModelStage final : public Stage {
public:
    /// REQUIRES: the snapshot has a model.
    explicit ModelStage(config::SnapshotPtr snapshot);
    [[nodiscard]] std::optional<Classification> classify(const Features& features) const override;
    [[nodiscard]] FeatureLimits looks_at() const noexcept override;
    [[nodiscard]] ModelExplanation explain(const Features& features) const;

private:
    /// Labels that mean one class, or one label that means none.
    struct Group {
        std::optional<config::ClassId> request_class;
        double probability = 0.0;
        std::size_t best_label = 0;
    };
    using Groups = std::vector<Group>;

    /// What the model says, into memory of the calling thread.
    const Groups& weigh(const Features& features) const;

    config::SnapshotPtr snapshot_;
    const config::ModelSettings& settings_;
    const config::ClassifierModel& model_;
    Groups groups_;                           ///< Without probabilities.
    std::vector<std::size_t> group_of_label_;
    std::string reason_;
};

/// Declared class → stages → default class. Never fails: what no stage decides gets the default class.
/// Life cycle: one for each snapshot, shared by the workers; immutable.
class Classifier {
public:
    /// The stages that the snapshot configures.
    explicit Classifier(config::SnapshotPtr snapshot);
    /// Stages of the caller's own, asked in order.
    Classifier(config::SnapshotPtr snapshot, std::vector<std::unique_ptr<const Stage>> stages);

    /// \param declared the class that the caller may and does declare, or empty.
    [[nodiscard]] Classification classify(const Features& features, std::optional<config::ClassId> declared) const;
    /// What the learned model says of a request, whoever decides it; empty without a model.
    [[nodiscard]] std::optional<ModelExplanation> explain_model(const Features& features) const;
    /// What its stages look at together: the limits to extract features for it with.
    [[nodiscard]] FeatureLimits looks_at() const noexcept;

private:
    config::SnapshotPtr snapshot_;
    std::vector<std::unique_ptr<const Stage>> stages_;
    const ModelStage* model_ = nullptr;  ///< Among the stages.
};

}  // namespace tierway::classify
