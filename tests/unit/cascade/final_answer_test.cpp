#include "tierway/cascade/final_answer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tierway::cascade {
namespace {

using Kind = FinalAnswer::Kind;

std::string found(std::string_view text, std::string_view field = kAnswerField) {
    const auto answer = final_answer(text, field);
    return answer ? answer->text : "(none)";
}

/// Whether two values of an answer field are the same answer.
bool alike(std::string_view a, std::string_view b) {
    const auto first = final_answer("The answer is " + std::string(a));
    const auto second = final_answer("The answer is " + std::string(b));
    return first && second && same_answer(*first, *second);
}

TEST(FinalAnswer, IsTheAnswerFieldOfTheLastObject) {
    EXPECT_EQ(found(R"({"reasoning": "2 + 2", "answer": "4"})"), "4");
    EXPECT_EQ(found("Let me think.\n```json\n{\"answer\": \"1\"}\n```\nNo:\n```json\n{\"answer\": 4, \"sure\": true}\n```"), "4");
    EXPECT_EQ(found(R"({"reasoning": "the \"answer\" is clear", "answer": "yes"})"), "yes");
    EXPECT_EQ(found(R"({"verdict": "B", "answer": "A"})", "verdict"), "B");
    EXPECT_EQ(found(R"({"answer": [1, 2]})"), "[1,2]");
}

TEST(FinalAnswer, SurvivesJsonAsModelsBreakIt) {
    EXPECT_EQ(found(R"({"reasoning": "since \sqrt{4} = 2", "answer": "\frac{1}{2}"})"), "1/2");
    EXPECT_EQ(found("{\"reasoning\": \"first\nsecond\", \"answer\": \"7\n\"}"), "7");
    EXPECT_EQ(found(R"({"answer": "["a", "b"]"})"), "['a','b']");
    EXPECT_EQ(found(R"({"answer": "{"a": "b"}"})"), "{'a':'b'}");
    EXPECT_EQ(found(R"({"answer": "42",})"), "42");
    EXPECT_EQ(found(R"({"reasoning": "and so", "answer": "42)"), "42");
    EXPECT_EQ(found("{\"answer\": 'left alone'\n}"), "left alone");
}

TEST(FinalAnswer, ResolvesTheEscapesThatMeanTheSameEverywhere) {
    EXPECT_EQ(found(R"({"answer": "say \"yes\" \/ \u00e9t\u00e9 \ud83d\ude00"})"), "say 'yes'/été \xf0\x9f\x98\x80");
    EXPECT_EQ(found(R"({"answer": "'a\\nb'"})"), found("{\"answer\": \"'a\\nb'\"}"));
    EXPECT_EQ(found(R"({"answer": "'x\ud83dy'"})"), "x\\ud83dy");
}

TEST(FinalAnswer, OfAnObjectWithoutTheFieldIsTheWholeValue) {
    const auto a = final_answer(R"({"name": "Ann", "age": 3})");
    const auto b = final_answer("Here it is:\n```json\n{\"age\": 3.0, \"name\": \"Ann\"}\n```\nAnything else?");
    const auto c = final_answer(R"({"name": "Ann", "age": 4})");
    ASSERT_TRUE(a && b && c);
    EXPECT_EQ(a->kind, Kind::Json);
    EXPECT_TRUE(same_answer(*a, *b));
    EXPECT_FALSE(same_answer(*a, *c));
}

TEST(FinalAnswer, IsFoundInProse) {
    EXPECT_EQ(found("We add them.\nThus $x = \\boxed{\\frac{3}{4}}$, as wanted."), "3/4");
    EXPECT_EQ(found("Some reasoning.\nThe answer is (C)."), "C");
    EXPECT_EQ(found("Answer: A\nNo, wait.\nFinal answer: **B) Paris**"), "B");
    EXPECT_EQ(found("48 / 2 = 24, 48 + 24 = 72\n#### 72"), "72");
    EXPECT_EQ(found("The answer is 5. That was easy."), "5");
    EXPECT_EQ(found("The final answer is:\n\n12"), "12");
    EXPECT_EQ(found("(B)"), "B");
    EXPECT_EQ(found(" positive\n"), "positive");
}

TEST(FinalAnswer, IsAbsentWhereNothingIsExtractable) {
    EXPECT_EQ(found(""), "(none)");
    EXPECT_EQ(found("First we look at the sum.\nIt goes on and on."), "(none)");
    EXPECT_EQ(found(std::string(201, 'a')), "(none)");
    EXPECT_EQ(found(R"({"answer": null})"), "(none)");
    EXPECT_EQ(found(R"({"answer": "___"})"), "(none)");
    EXPECT_EQ(found(R"({"answer": ")" + std::string(3000, 'a') + R"("})"), "(none)");
}

TEST(FinalAnswer, EmptyIsAnAnswerToo) {
    const auto a = final_answer(R"({"answer": ""})");
    const auto b = final_answer(R"({"answer": "''"})");
    ASSERT_TRUE(a && b);
    EXPECT_TRUE(same_answer(*a, *b));
}

TEST(FinalAnswer, SeesThroughSpellings) {
    const std::vector<std::pair<std::string_view, std::string_view>> same = {
        {"3", "3.0"},
        {"3", "$3.00"},
        {"1,234,567", "1234567"},
        {"10{,}000^\\circ", "10000"},
        {"0.5", ".50"},
        {"-0", "0"},
        {"\xe2\x88\x92"
         "5",
         "-5"},
        {"6/2", "3"},
        {"\\frac{1}{2}", "0.5"},
        {"\\dfrac12", "1/2"},
        {"18", "18 dollars"},
        {"50%", "50"},
        {"x = 5", "5"},
        {"\\text{Monday}", "monday"},
        {"$\\left( 1, \\frac{\\pi}{2} \\right)$", "(1,pi/2)"},
        {"\\sqrt{2}", "sqrt(2)"},
        {"x^{2}", "x^2"},
        {"[1, 2, 3]", "[1,2,3]"},
        {"[\"a\", True]", "['a', true]"},
        {"None", "null"},
        {"New  York", "New York."},
        {"(B)", "B"},
        {"B) Paris", "**B**"},
        {"B. Paris", "(b) paris"},
        {"`hello`", "'hello'"},
    };
    for (const auto& [a, b] : same) {
        EXPECT_TRUE(alike(a, b)) << a << " and " << b;
        EXPECT_TRUE(alike(b, a)) << b << " and " << a;
    }
}

TEST(FinalAnswer, KeepsApartWhatIsNotTheSame) {
    const std::vector<std::pair<std::string_view, std::string_view>> different = {
        {"3", "4"},
        {"3", "-3"},
        {"3.1", "3.10001"},
        {"5 apples", "5 oranges"},
        {"2", "2pi"},
        {"2", "2 pi"},
        {"3", "3x"},
        {"12", "12 million"},
        {"1,23", "123"},
        {"5 or 6", "5"},
        {"1/3", "0.333"},
        {"A", "B"},
        {"A. Smith", "A. Jones"},
        {"abC", "abc"},
        {"IT", "it"},
        {"['a b']", "['ab']"},
        {"['A']", "['a']"},
        {"New York", "NewYork"},
        {"(1, 2)", "[1, 2]"},
        {"123456789012345678901", "123456789012345678902"},
    };
    for (const auto& [a, b] : different) {
        EXPECT_FALSE(alike(a, b)) << a << " and " << b;
    }
}

dialect::AnswerChoice calls(std::vector<dialect::ToolCall> tool_calls) {
    dialect::AnswerChoice choice;
    choice.content = "I shall look it up.";
    choice.tool_calls = std::move(tool_calls);
    return choice;
}

TEST(FinalAnswer, OfToolCallsIsNamesAndArguments) {
    const auto a = final_answer(calls({{"find", R"({"city": "Bern", "days": 3})"}}));
    const auto b = final_answer(calls({{"find", R"({"days":3.0,"city":"Bern"})"}}));
    const auto other_city = final_answer(calls({{"find", R"({"days":3,"city":"Basel"})"}}));
    const auto other_tool = final_answer(calls({{"look", R"({"days":3,"city":"Bern"})"}}));
    const auto broken = final_answer(calls({{"find", R"({"days":)"}}));
    const auto twice = final_answer(calls({{"find", R"({"days":3,"city":"Bern"})"}, {"find", "{}"}}));
    ASSERT_TRUE(a && b && other_city && other_tool && broken && twice);
    EXPECT_EQ(a->kind, Kind::ToolCalls);
    EXPECT_TRUE(same_answer(*a, *b));
    for (const auto& other : {other_city, other_tool, broken, twice}) {
        EXPECT_FALSE(same_answer(*a, *other));
    }
    EXPECT_TRUE(same_answer(*broken, *broken));
}

TEST(FinalAnswer, TakesBoundedTimeForHostileTexts) {
    const auto repeated = [](std::string_view piece, std::size_t times) {
        std::string text;
        for (std::size_t i = 0; i < times; ++i) {
            text += piece;
        }
        return text;
    };
    const std::vector<std::string> hostile = {
        repeated("\"answer\"", 100'000),       repeated("\"answer\" ", 100'000),  repeated("\"answer\":\"", 100'000),
        repeated("\"answer\":[", 100'000),     repeated("\\boxed{", 100'000),     repeated("answer is ", 100'000),
        "{\"answer\":\"" + repeated("\"}\"", 100'000), repeated("```\n", 200'000),
        "{\"answer\":\"" + repeated("\\", 100'000),     "{\"answer\": " + repeated(" ", 500'000),
        "answer is " + repeated("\\frac{", 300), "answer is " + repeated("^{", 1000) + repeated("}", 1000),
        "answer is " + repeated("\\sqrt[", 300), repeated("[", 300'000),
    };
    const auto began = std::chrono::steady_clock::now();
    for (const std::string& text : hostile) {
        const auto answer = final_answer(text);
        EXPECT_TRUE(!answer || answer->text.size() < 300'000);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

}  // namespace
}  // namespace tierway::cascade
