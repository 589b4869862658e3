#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tierway/base/ngram_hash.hpp"
#include "tierway/classify/features.hpp"
#include "tierway/config/classifier_model.hpp"

namespace tierway::classify {

/// What a model looks at of a request; the rules look at as much. The newest ask gets three quarters of it, two thirds
/// of them from its start and the rest from its end.
inline constexpr FeatureLimits kModelLimits{.ask_bytes_max = kSearchedBytes, .text_shape = true};

/// Memory for `model_features`, kept by the caller. Not for two threads at once.
struct ModelScratch {
    NgramScratch ngrams;
    std::vector<HashedFeature> block;
    std::vector<std::uint32_t> structure;
};

/// Replaces `columns` by those that the request fills. A column may come more than once: its values add up. Linear in the asks, of
/// which the features hold no more than they were extracted with; allocates nothing once warm.
/// REQUIRES: `recipe.check()` succeeds.
void model_features(const Features& features, const config::ClassifierRecipe& recipe, ModelScratch& scratch,
                    std::vector<HashedFeature>& columns);

/// Calls back with a name for each column that `model_features` fills: an n-gram in quotes, or a structural feature. To explain.
void name_model_features(const Features& features, const config::ClassifierRecipe& recipe,
                         const std::function<void(std::uint32_t column, std::string name)>& named);

}  // namespace tierway::classify
