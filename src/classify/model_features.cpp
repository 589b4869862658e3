#include "tierway/classify/model_features.hpp"

#include <algorithm>

#include "classify/structure_features.hpp"

namespace tierway::classify {
namespace {

constexpr float scale_of(std::uint32_t permille) noexcept {
    return static_cast<float>(permille) / 1'000.0F;
}

std::string_view opening_of(std::string_view ask, std::size_t bytes_max) noexcept {
    const std::size_t begin = std::min(ask.find_first_not_of(" \t\r\n"), ask.size());
    const std::string_view opening = ask.substr(begin, bytes_max);
    return opening.substr(0, opening.find('\n'));
}

}  // namespace

void model_features(const Features& features, const config::ClassifierRecipe& recipe, ModelScratch& scratch,
                    std::vector<HashedFeature>& columns) {
    hash_ngrams(features.ask, recipe.text, scratch.ngrams, columns);
    const auto add = [&](std::string_view text, const NgramRecipe& ngrams, std::uint32_t first_column, float scale) {
        hash_ngrams(text, ngrams, scratch.ngrams, scratch.block);
        const std::size_t begin = columns.size();
        columns.resize(begin + scratch.block.size());
        for (std::size_t i = 0; i < scratch.block.size(); ++i) {
            columns[begin + i] = {first_column + scratch.block[i].slot, scratch.block[i].value * scale};
        }
    };
    for (const std::string& earlier : features.earlier_asks) {
        add(earlier, recipe.text, 0, scale_of(recipe.earlier_permille) / static_cast<float>(features.earlier_asks.size()));
    }
    auto first_column = static_cast<std::uint32_t>(recipe.text.slots());
    add(opening_of(features.ask, recipe.opening_bytes_max), recipe.opening, first_column, scale_of(recipe.opening_permille));
    first_column += static_cast<std::uint32_t>(recipe.opening.slots());
    structure_features(features, scratch.structure);
    for (const std::uint32_t number : scratch.structure) {
        columns.push_back({first_column + number, scale_of(recipe.structure_permille)});
    }
}

void name_model_features(const Features& features, const config::ClassifierRecipe& recipe,
                         const std::function<void(std::uint32_t column, std::string name)>& named) {
    const auto name = [&named](std::string_view text, const NgramRecipe& ngrams, std::uint32_t first_column,
                               const std::string& where) {
        name_ngrams(text, ngrams, [&](std::uint32_t slot, std::string_view ngram) {
            named(first_column + slot, where + '"' + std::string(ngram) + '"');
        });
    };
    name(features.ask, recipe.text, 0, "");
    for (const std::string& earlier : features.earlier_asks) {
        name(earlier, recipe.text, 0, "");
    }
    auto first_column = static_cast<std::uint32_t>(recipe.text.slots());
    name(opening_of(features.ask, recipe.opening_bytes_max), recipe.opening, first_column, "opening ");
    first_column += static_cast<std::uint32_t>(recipe.opening.slots());
    std::vector<std::uint32_t> held;
    structure_features(features, held);
    for (const std::uint32_t number : held) {
        named(first_column + number, std::string(name_of_structure_feature(number)));
    }
}

}  // namespace tierway::classify
