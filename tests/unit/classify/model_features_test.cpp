#include "tierway/classify/model_features.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "classify/chat_body.hpp"
#include "classify/structure_features.hpp"

namespace tierway::classify {
namespace {

using namespace testing;

Features features_of(std::string_view ask) {
    return ChatBody(message("user", ask)).features(kModelLimits);
}

std::vector<HashedFeature> columns_of(const Features& features, const config::ClassifierRecipe& recipe = {}) {
    ModelScratch scratch;
    std::vector<HashedFeature> columns;
    model_features(features, recipe, scratch, columns);
    return columns;
}

std::set<std::string> structure_of(const Features& features) {
    std::vector<std::uint32_t> held;
    structure_features(features, held);
    std::set<std::string> names;
    for (const std::uint32_t number : held) {
        EXPECT_TRUE(names.emplace(name_of_structure_feature(number)).second) << "twice";
    }
    return names;
}

double norm_between(const std::vector<HashedFeature>& columns, std::size_t first, std::size_t end) {
    double squares = 0.0;
    for (const HashedFeature& column : columns) {
        const auto value = static_cast<double>(column.value);
        squares += column.slot >= first && column.slot < end ? value * value : 0.0;
    }
    return std::sqrt(squares);
}

TEST(ModelFeatures, LieWithinTheirBlocksAndWeighWhatTheRecipeSays) {
    config::ClassifierRecipe recipe;
    recipe.opening_permille = 1'500;
    recipe.structure_permille = 200;
    ASSERT_TRUE(recipe.check());
    const auto columns = columns_of(features_of("Translate the letter.\nDear Ana, thank you."), recipe);
    const std::size_t words = recipe.text.word_slots();
    const std::size_t text = recipe.text.slots();
    const std::size_t opening_words = recipe.opening.word_slots();
    const std::size_t opening = text + recipe.opening.slots();
    EXPECT_NEAR(norm_between(columns, 0, words), 1.0, 1e-4);
    EXPECT_NEAR(norm_between(columns, words, text), 1.0, 1e-4);
    EXPECT_NEAR(norm_between(columns, text, text + opening_words), 1.5, 1e-4);
    for (const HashedFeature& column : columns) {
        ASSERT_LT(column.slot, recipe.columns());
        if (column.slot >= opening) {
            EXPECT_NEAR(column.value, 0.2F, 1e-6F);
        }
    }
}

TEST(ModelFeatures, TheOpeningIsTheFirstLine) {
    const config::ClassifierRecipe recipe;
    std::set<std::string> opening;
    name_model_features(features_of("\n  Fix this\nreturn x"), recipe, [&](std::uint32_t, const std::string& name) {
        if (name.starts_with("opening")) {
            opening.insert(name);
        }
    });
    EXPECT_TRUE(opening.contains(R"(opening "fix this")"));
    EXPECT_FALSE(opening.contains(R"(opening "return")"));
}

TEST(ModelFeatures, EarlierAsksCountTogetherAndLess) {
    config::ClassifierRecipe recipe;
    const std::size_t words = recipe.text.word_slots();
    const ChatBody alone(message("user", "and in French"));
    const ChatBody after(message("user", "translate") + "," + message("assistant", "Yes.") + "," +
                         message("user", "and in French"));
    const auto before = columns_of(alone.features(kModelLimits), recipe);
    const auto columns = columns_of(after.features(kModelLimits), recipe);
    EXPECT_NEAR(norm_between(columns, 0, words), std::sqrt(1.0 + 0.25 * 0.25), 1e-4);
    recipe.earlier_permille = 0;
    EXPECT_NEAR(norm_between(columns_of(after.features(kModelLimits), recipe), 0, words), norm_between(before, 0, words), 1e-6);
}

TEST(ModelFeatures, NamesEveryColumnThatIsFilled) {
    const Features features = features_of("Prove that 2 + 2 = 4.\n\n```python\nprint(2 + 2)\n```\nWhy?");
    std::set<std::uint32_t> named;
    name_model_features(features, config::ClassifierRecipe{}, [&](std::uint32_t column, const std::string& name) {
        EXPECT_FALSE(name.empty());
        named.insert(column);
    });
    std::set<std::uint32_t> filled;
    for (const HashedFeature& column : columns_of(features)) {
        filled.insert(column.slot);
    }
    EXPECT_EQ(named, filled);
}

TEST(StructureFeatures, DescribeTheShapeOfAnAsk) {
    const auto short_question = structure_of(features_of("Why is the sky blue?"));
    EXPECT_EQ(short_question, (std::set<std::string>{"turns=1", "ask_bytes<32", "lines=1", "questions=1", "ends_with_question",
                                                     "code_share=0", "digit_share=0", "script=latin"}));
    const auto code = structure_of(features_of("fix: \"a\"\n```c\nint x = f(1);\nint y = g(2);\n```\n"));
    for (const char* name : {"lines<=10", "fence", "quotes", "colons", "brackets>2%", "begins_in_lower_case", "code_share>0.7"}) {
        EXPECT_TRUE(code.contains(name)) << name;
    }
    EXPECT_TRUE(structure_of(features_of("Решите уравнение $x^2=4$")).contains("script=cyrillic"));
    EXPECT_TRUE(structure_of(features_of("Решите уравнение $x^2=4$")).contains("mathematics"));
    EXPECT_TRUE(structure_of(features_of("ᚠᚢᚦ ሰላም")).contains("script=other"));
    EXPECT_TRUE(structure_of(features_of("12345")).contains("script=none"));
}

TEST(StructureFeatures, DescribeTheEnvelope) {
    Features features = features_of("Go on");
    features.has_tools = true;
    features.json_schema = true;
    features.turns = 9;
    features.tool_names = {"a", "b", "c", "d", "e"};
    const auto held = structure_of(features);
    for (const char* name : {"has_tools", "json_schema", "turns>4", "tools<=16"}) {
        EXPECT_TRUE(held.contains(name)) << name;
    }
    EXPECT_FALSE(held.contains("has_image"));
}

TEST(StructureFeatures, PutsEveryLengthIntoOneBucket) {
    for (const std::size_t size : {1U, 15U, 16U, 100U, 2'000U}) {
        const auto held = structure_of(features_of(std::string(size, 'x')));
        const auto is_length = [](const std::string& name) { return name.starts_with("ask_bytes"); };
        EXPECT_EQ(std::count_if(held.begin(), held.end(), is_length), 1);
    }
    EXPECT_TRUE(structure_of(features_of(std::string(15, 'x'))).contains("ask_bytes<16"));
    EXPECT_TRUE(structure_of(features_of(std::string(16, 'x'))).contains("ask_bytes<32"));
}

}  // namespace
}  // namespace tierway::classify
