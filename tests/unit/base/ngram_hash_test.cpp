#include "tierway/base/ngram_hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

namespace tierway {
namespace {

NgramRecipe words_only(std::uint32_t words_max) {
    NgramRecipe recipe;
    recipe.character_slots_log2 = 0;
    recipe.words_max = words_max;
    return recipe;
}

NgramRecipe characters_only(std::uint32_t min, std::uint32_t max) {
    NgramRecipe recipe;
    recipe.word_slots_log2 = 0;
    recipe.characters_min = min;
    recipe.characters_max = max;
    return recipe;
}

std::vector<HashedFeature> hashed(std::string_view text, const NgramRecipe& recipe) {
    NgramScratch scratch;
    std::vector<HashedFeature> features;
    hash_ngrams(text, recipe, scratch, features);
    return features;
}

std::multiset<std::string> names(std::string_view text, const NgramRecipe& recipe) {
    std::multiset<std::string> all;
    name_ngrams(text, recipe, [&all](std::uint32_t, std::string_view ngram) { all.emplace(ngram); });
    return all;
}

std::map<std::uint32_t, float> by_slot(const std::vector<HashedFeature>& features) {
    std::map<std::uint32_t, float> values;
    for (const HashedFeature& feature : features) {
        EXPECT_TRUE(values.emplace(feature.slot, feature.value).second) << "a slot twice";
    }
    return values;
}

TEST(NgramHash, CountsSequencesOfWordsAndMarks) {
    EXPECT_EQ(names("Fix my Code, my friend!", words_only(2)),
              (std::multiset<std::string>{"fix", "my", "code", ",", "my", "friend", "!", "fix my", "my code", "code ,", ", my",
                                          "my friend", "friend !"}));
    EXPECT_EQ(names("a b c", words_only(3)), (std::multiset<std::string>{"a", "b", "c", "a b", "b c", "a b c"}));
}

TEST(NgramHash, CountsCharactersWithinWordsAndTheirBlanks) {
    EXPECT_EQ(names("An ox!", characters_only(3, 4)),
              (std::multiset<std::string>{" an", "an ", " an ", " ox", "ox ", " ox "}));
    EXPECT_EQ(names("code", characters_only(5, 5)), (std::multiset<std::string>{" code", "code "}));
}

TEST(NgramHash, FoldsDigitsOnlyWhenAsked) {
    NgramRecipe recipe = words_only(1);
    EXPECT_EQ(names("in 1984", recipe), (std::multiset<std::string>{"in", "0000"}));
    recipe.fold_digits = 0;
    EXPECT_EQ(names("in 1984", recipe), (std::multiset<std::string>{"in", "1984"}));
}

TEST(NgramHash, TakesUpperCaseForLowerCase) {
    using Pair = std::pair<const char*, const char*>;
    for (const auto& [upper, lower] : {Pair{"ÜBER ÀÞ×", "über àþ×"}, Pair{"ΑΩΠΪ", "αωπϊ"}, Pair{"НАПИШИ ЁЖ", "напиши ёж"}}) {
        EXPECT_EQ(names(upper, words_only(1)), names(lower, words_only(1))) << upper;
        EXPECT_EQ(by_slot(hashed(upper, NgramRecipe{})), by_slot(hashed(lower, NgramRecipe{}))) << upper;
    }
}

TEST(NgramHash, CutsEndlessRunsIntoWords) {
    const auto pieces = names(std::string(100, 'x'), words_only(1));
    EXPECT_EQ(pieces, (std::multiset<std::string>{std::string(32, 'x'), std::string(32, 'x'), std::string(32, 'x'), "xxxx"}));
}

TEST(NgramHash, TellsWordsApartThatAgreeInTheirFirstBytes) {
    const NgramRecipe recipe = words_only(1);
    std::set<std::uint32_t> slots;
    for (const char* word :
         {"internationalisation", "internationalising", "internationalise", "internat", "interna", "internatu"}) {
        slots.insert(hashed(word, recipe).front().slot);
    }
    EXPECT_EQ(slots.size(), 6U);
}

TEST(NgramHash, TellsTheOrderOfWords) {
    const NgramRecipe recipe = words_only(2);
    EXPECT_NE(by_slot(hashed("code review", recipe)), by_slot(hashed("review code", recipe)));
}

TEST(NgramHash, GivesEachBlockTheNormOne) {
    const NgramRecipe recipe;
    float words = 0;
    float characters = 0;
    for (const HashedFeature& feature : hashed("Write a poem about the sea, the sea, the sea.", recipe)) {
        (feature.slot < recipe.word_slots() ? words : characters) += feature.value * feature.value;
    }
    EXPECT_NEAR(words, 1.0F, 1e-5F);
    EXPECT_NEAR(characters, 1.0F, 1e-5F);
}

TEST(NgramHash, WeighsRepetitionAsTheRecipeSays) {
    NgramRecipe recipe = words_only(1);
    auto features = hashed("sea sea sea sky", recipe);
    ASSERT_EQ(features.size(), 2U);
    EXPECT_NEAR(features[0].value / features[1].value, 1.0F + std::log(3.0F), 1e-5F);
    recipe.weighting = NgramWeighting::Binary;
    features = hashed("sea sea sea sky", recipe);
    EXPECT_EQ(features[0].value, features[1].value);
}

TEST(NgramHash, StaysInItsBlocks) {
    NgramRecipe recipe;
    recipe.word_slots_log2 = 8;
    recipe.character_slots_log2 = 9;
    std::string text;
    for (int i = 0; i < 2'000; ++i) {
        text += "w" + std::to_string(i * 7'919) + ' ';
    }
    recipe.fold_digits = 0;
    std::set<std::uint32_t> slots;
    for (const HashedFeature& feature : hashed(text, recipe)) {
        slots.insert(feature.slot);
    }
    EXPECT_EQ(*slots.rbegin(), 256U + 512U - 1U);
    EXPECT_GT(slots.size(), 700U) << "the hashes spread over all slots";
}

TEST(NgramHash, SpreadsItsSlotsEvenly) {
    NgramRecipe recipe = words_only(1);
    recipe.fold_digits = 0;
    recipe.word_slots_log2 = 15;
    std::set<std::uint32_t> slots;
    for (int i = 0; i < 10'000; ++i) {
        slots.insert(hashed("word" + std::to_string(i), recipe).front().slot);
    }
    // 10,000 balls into 32,768 boxes hit 8,619 of them on average.
    EXPECT_GT(slots.size(), 8'400U);
}

TEST(NgramHash, IsTheSameOnEveryMachine) {
    // Artefacts depend on these numbers: when they change, `ArtifactFile` versions must change with them.
    NgramRecipe recipe;
    std::vector<std::uint32_t> slots;
    name_ngrams("Sum it", recipe, [&slots](std::uint32_t slot, std::string_view) { slots.push_back(slot); });
    std::sort(slots.begin(), slots.end());
    EXPECT_EQ(slots, (std::vector<std::uint32_t>{2134, 6183, 17088, 34719, 35990, 43712, 47512, 51742, 56214, 62207, 62881,
                                                 64753}));
}

TEST(NgramHash, ForgetsTheTextBefore) {
    NgramScratch scratch;
    std::vector<HashedFeature> first;
    std::vector<HashedFeature> again;
    hash_ngrams("Translate this letter", NgramRecipe{}, scratch, first);
    hash_ngrams(std::string(3'000, 'z') + " and more 12", NgramRecipe{}, scratch, again);
    hash_ngrams("Translate this letter", NgramRecipe{}, scratch, again);
    EXPECT_EQ(by_slot(first), by_slot(again));
}

TEST(NgramHash, HasNothingToSayOfNothing) {
    EXPECT_TRUE(hashed("", NgramRecipe{}).empty());
    EXPECT_TRUE(hashed(" \t\r\n", NgramRecipe{}).empty());
    EXPECT_TRUE(hashed(std::string(3, '\0'), NgramRecipe{}).empty());
}

TEST(NgramHash, NamesWhatItCounts) {
    const NgramRecipe recipe;
    const std::string text = "Schreibe mir bitte ein Gedicht über den Müll von 2024: 2 Strophen.";
    std::set<std::uint32_t> named;
    name_ngrams(text, recipe, [&named](std::uint32_t slot, std::string_view) { named.insert(slot); });
    std::set<std::uint32_t> counted;
    for (const HashedFeature& feature : hashed(text, recipe)) {
        counted.insert(feature.slot);
    }
    EXPECT_EQ(named, counted);
}

TEST(NgramHash, TakesAnyBytes) {
    std::mt19937 random(5);
    NgramScratch scratch;
    std::vector<HashedFeature> features;
    NgramRecipe recipe;
    recipe.words_max = 3;
    recipe.characters_min = 2;
    recipe.characters_max = 8;
    for (std::size_t size = 0; size < 600; ++size) {
        std::string text(size, '\0');
        std::generate(text.begin(), text.end(), [&random] { return static_cast<char>(random()); });
        hash_ngrams(text, recipe, scratch, features);
        for (const HashedFeature& feature : features) {
            ASSERT_LT(feature.slot, recipe.slots());
            ASSERT_TRUE(feature.value > 0.0F && feature.value <= 1.0F);
        }
    }
}

TEST(NgramHash, RefusesRecipesThatAreNone) {
    EXPECT_TRUE(NgramRecipe{}.check());
    const auto wrong = [](auto change) {
        NgramRecipe recipe;
        change(recipe);
        return !recipe.check();
    };
    EXPECT_TRUE(wrong([](NgramRecipe& r) { r.word_slots_log2 = 7; }));
    EXPECT_TRUE(wrong([](NgramRecipe& r) { r.character_slots_log2 = 21; }));
    EXPECT_TRUE(wrong([](NgramRecipe& r) { r.word_slots_log2 = r.character_slots_log2 = 0; }));
    EXPECT_TRUE(wrong([](NgramRecipe& r) { r.words_max = 0; }));
    EXPECT_TRUE(wrong([](NgramRecipe& r) { r.words_max = 4; }));
    EXPECT_TRUE(wrong([](NgramRecipe& r) { r.characters_min = 1; }));
    EXPECT_TRUE(wrong([](NgramRecipe& r) { r.characters_max = 9; }));
    EXPECT_TRUE(wrong([](NgramRecipe& r) { r.characters_min = 6; }));
    EXPECT_TRUE(wrong([](NgramRecipe& r) { r.fold_digits = 2; }));
    EXPECT_TRUE(wrong([](NgramRecipe& r) { r.weighting = static_cast<NgramWeighting>(2); }));
}

}  // namespace
}  // namespace tierway
