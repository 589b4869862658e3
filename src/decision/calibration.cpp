#include "tierway/decision/calibration.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string>

namespace tierway::decision {
namespace {

template <class Values>
double score_of(const LinearModel& model, const Values& values, const std::vector<double>& means, const std::vector<double>& scales) {
    double score = model.intercept;
    for (std::size_t i = 0; i < model.weights.size(); ++i) {
        score += model.weights[i] * (values[i] - means[i]) * scales[i];
    }
    return score;
}

/// See `PairKey::terms`.
std::string terms_of(const config::RequestClass& configured) {
    std::string terms;
    const auto add = [&terms](std::string_view name, std::string_view value) {
        terms.append(terms.empty() ? "" : " ").append(name).append("=").append(value);
    };
    if (const auto& agreement = configured.escalation->agreement; agreement && agreement->model) {
        const config::Agreement usual;
        if (agreement->samples != usual.samples) {
            add("samples", std::to_string(agreement->samples));
        }
        if (agreement->temperature) {
            add("temperature", std::to_string(*agreement->temperature));
        }
        if (agreement->field != usual.field) {
            add("field", agreement->field);
        }
    }
    if (configured.thinking.effort) {
        add("effort", name_of(*configured.thinking.effort));
    }
    if (configured.thinking.budget_tokens) {
        add("budget", std::to_string(*configured.thinking.budget_tokens));
    }
    return terms;
}

}  // namespace

std::string words_of(std::string_view ask) {
    const auto is_word = [](char byte) {
        const auto code = static_cast<unsigned char>(byte);
        return code >= 0x80U || std::isalnum(code) != 0;
    };
    std::string words;
    words.reserve(ask.size());
    for (std::size_t i = 0; i < ask.size();) {
        const std::size_t begin = i;
        while (i < ask.size() && is_word(ask[i])) {
            ++i;
        }
        if (i - begin > 1) {
            words.append(ask.substr(begin, i - begin));
            words.push_back(' ');
        }
        i = std::max(i, begin + 1);
    }
    return words;
}

Chances AskModel::chances(std::string_view ask, NgramScratch& scratch, std::vector<HashedFeature>& features) const {
    const classify::AskMeasures measures = classify::measure_ask(ask);
    double cheap_score = score_of(cheap, measures, means, scales);
    double strong_score = score_of(strong, measures, means, scales);
    hash_ngrams(words_of(ask), recipe, scratch, features);
    for (const HashedFeature& feature : features) {
        cheap_score += static_cast<double>(ngrams[2 * feature.slot] * feature.value);
        strong_score += static_cast<double>(ngrams[2 * feature.slot + 1] * feature.value);
    }
    return {cascade::sigmoid(cheap_score), cascade::sigmoid(strong_score)};
}

Chances DraftModel::chances(const cascade::DraftMeasures& measures) const {
    return {cheap_map(cascade::sigmoid(score_of(cheap, measures, means, scales))),
            strong_map(cascade::sigmoid(score_of(strong, measures, means, scales)))};
}

const PairCalibration* Calibration::find(const PairKey& key) const noexcept {
    const auto found = std::find_if(pairs_.begin(), pairs_.end(), [&](const PairCalibration& pair) { return pair.key == key; });
    return found == pairs_.end() ? nullptr : &*found;
}

std::optional<PairKey> pair_key(const config::Snapshot& snapshot, config::ClassId request_class) {
    const config::RequestClass& configured = snapshot.request_class(request_class);
    if (!configured.escalation) {
        return std::nullopt;
    }
    PairKey key;
    key.request_class = configured.name;
    key.cheap = snapshot.model(snapshot.tier(configured.tier).models.front()).name;
    key.strong = snapshot.model(snapshot.tier(configured.escalation->to).models.front()).name;
    // Of a model that is sampled again the records hold one sample only, which would agree with itself.
    if (const auto& agreement = configured.escalation->agreement; agreement && agreement->model) {
        key.second = snapshot.model(*agreement->model).name;
    }
    key.terms = terms_of(configured);
    return key;
}

}  // namespace tierway::decision
