#include "tierway/decision/gain_policy.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "decision/binomial_bound.hpp"

namespace tierway::decision {
namespace {

constexpr double kCertainty = 0.95;
constexpr double kNeverClimb = 1e12;

std::string named(const PairKey& key) {
    return "`" + key.cheap + "` and `" + key.strong + "`" + (key.second.empty() ? "" : " with the opinion of `" + key.second + "`") +
           (key.terms.empty() ? "" : ", asked with `" + key.terms + "`");
}

Error not_learnt(const PairKey& key) {
    return Error::internal("The class `" + key.request_class + "` has a `gain` rule, and the calibration knows nothing of it with " +
                           named(key) + ": run `tierway calibrate` on outcomes of these models, or give it `below`.");
}

std::string percent(double share) {
    char text[16];
    std::snprintf(text, sizeof text, "%.1f %%", share * 100.0);
    return text;
}

double rows_of(const PairCalibration& pair) noexcept {
    return static_cast<double>(pair.table.rows);
}

}  // namespace

LearntClass learnt_class(const PairCalibration& pair, const std::optional<config::GainRule>& rule) {
    LearntClass learnt{.pair = &pair, .lambda = {}, .accept_from = {}};
    if (!rule) {
        return learnt;
    }
    learnt.time = rule->time;
    if (rule->knob == config::GainKnob::AcceptedErrorMax) {
        // Where no draft can be trusted that far, none is served unless the approver says no: the automatic skip.
        learnt.accept_from = accept_from(rule->value, pair).value_or(2.0);
        return learnt;
    }
    // Quality that no λ kept: climb wherever a gain is expected. A cost that none stayed within: never.
    const double nearest = rule->knob == config::GainKnob::Quality ? 0.0 : kNeverClimb;
    learnt.lambda = lambda_of(rule->knob, rule->value, pair).value_or(nearest);
    return learnt;
}

std::optional<double> lambda_of(config::GainKnob knob, double value, const PairCalibration& pair) {
    if (knob == config::GainKnob::Lambda) {
        return value;
    }
    const double strong_acceptable = static_cast<double>(pair.table.both + pair.table.only_strong);
    const double strong_usd = pair.table.strong_usd * rows_of(pair);
    const auto keeps = [&](const LambdaPoint& point) { return point.acceptable >= value * strong_acceptable; };
    const auto stays_within = [&](const LambdaPoint& point) { return point.usd <= value * strong_usd; };
    if (knob == config::GainKnob::Quality) {
        const auto greatest = std::find_if(pair.lambdas.rbegin(), pair.lambdas.rend(), keeps);
        return greatest == pair.lambdas.rend() ? std::nullopt : std::optional(greatest->lambda);
    }
    const auto least = std::find_if(pair.lambdas.begin(), pair.lambdas.end(), stays_within);
    return least == pair.lambdas.end() ? std::nullopt : std::optional(least->lambda);
}

std::optional<double> accept_from(double error_max, const PairCalibration& pair) {
    // So few drafts prove nothing, even if none of them is wrong; where the scan begins depends on their number alone.
    const double provable = error_max < 1.0 ? std::log(1.0 - kCertainty) / std::log1p(-error_max) : 0.0;
    std::optional<double> from;
    for (const AcceptancePoint& point : pair.acceptance) {
        if (static_cast<double>(point.served) < provable) {
            continue;
        }
        if (upper_binomial_bound(point.wrong, point.served, kCertainty) > error_max) {
            break;
        }
        from = point.confidence;
    }
    return from;
}

Result<std::shared_ptr<const GainPolicy>> GainPolicy::make(const config::Snapshot& snapshot, CalibrationPtr calibration) {
    std::shared_ptr<GainPolicy> policy(new GainPolicy(std::move(calibration)));
    policy->classes_.resize(snapshot.classes.size());
    for (std::size_t i = 0; i < snapshot.classes.size(); ++i) {
        const auto key = pair_key(snapshot, config::ClassId{static_cast<std::uint16_t>(i)});
        if (!key) {
            continue;
        }
        const auto& rule = snapshot.classes[i].escalation->gain;
        const PairCalibration* pair = policy->calibration_ ? policy->calibration_->find(*key) : nullptr;
        if (pair == nullptr) {
            if (rule) {
                return not_learnt(*key);
            }
            continue;
        }
        LearntClass& learnt = policy->classes_[i].emplace(learnt_class(*pair, rule));
        policy->looks_at_ask_ = policy->looks_at_ask_ || learnt.time == config::GainTime::Ask;
    }
    return std::shared_ptr<const GainPolicy>(std::move(policy));
}

Result<std::shared_ptr<const GainPolicy>> GainPolicy::load(const config::Snapshot& snapshot) {
    if (snapshot.calibration_file.empty()) {
        return make(snapshot, nullptr);
    }
    auto calibration = Calibration::read(snapshot.calibration_file);
    if (!calibration) {
        return calibration.error();
    }
    return make(snapshot, std::move(*calibration));
}

const LearntClass* GainPolicy::find(config::ClassId id) const noexcept {
    const auto& learnt = classes_[config::index_of(id)];
    return learnt ? &*learnt : nullptr;
}

std::vector<std::string> GainPolicy::warnings(const config::Snapshot& snapshot) const {
    std::vector<std::string> sentences;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        const auto& learnt = classes_[i];
        if (!learnt) {
            continue;
        }
        const OutcomeTable& table = learnt->pair->table;
        const std::string name = "The class `" + snapshot.classes[i].name + "` ";
        if (table.rows < kCalibrationRows) {
            sentences.push_back(name + "is calibrated by " + std::to_string(table.rows) + " outcomes, and " +
                                std::to_string(kCalibrationRows) + " are needed for more than its mean: every answer gets the same confidence.");
        }
        const double ratio = table.strong_usd > 0.0 ? (table.cheap_usd + table.second_usd) / table.strong_usd : 1.0;
        if (learnt->time == config::GainTime::Draft && table.climbed_share >= 1.0 - ratio) {
            sentences.push_back(name + "escalated " + percent(table.climbed_share) + " of its recorded drafts, and a draft costs " +
                                percent(ratio) + " of going direct: the cascade costs more than `tier: " +
                                snapshot.tier(snapshot.classes[i].escalation->to).name + "` would.");
        }
        const double strong_share = static_cast<double>(table.both + table.only_strong);
        const double cheap_share = static_cast<double>(table.both + table.only_cheap);
        if (table.rows >= kCalibrationRows && strong_share <= cheap_share) {
            sentences.push_back(name + "gains nothing by climbing: of " + std::to_string(table.rows) + " recorded prompts `" +
                                learnt->pair->key.cheap + "` answered " + percent(cheap_share / rows_of(*learnt->pair)) + " acceptably and `" +
                                learnt->pair->key.strong + "` " + percent(strong_share / rows_of(*learnt->pair)) + ".");
        }
    }
    return sentences;
}

}  // namespace tierway::decision
