#include "tierway/lab/outcome_files.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace tierway::lab {
namespace {

std::string row(std::string_view id) {
    return R"({"id":")" + std::string(id) +
           R"(","prompt":"x","answers":{"m":{"acceptable":1,"prompt_tokens":1,"completion_tokens":1}}})" + '\n';
}

OutcomeSet read(const std::string& text) {
    std::istringstream lines(text);
    return read_outcomes(lines, "rows.jsonl");
}

TEST(OutcomeFiles, AreReadInOrderAndEmptyLinesPassedOver) {
    const OutcomeSet set = read(row("a") + "\n  \r\n" + row("b"));
    EXPECT_TRUE(set.problems.empty());
    ASSERT_EQ(set.rows.size(), 2U);
    EXPECT_EQ(set.rows[0].id, "a");
    EXPECT_EQ(set.rows[1].id, "b");
}

TEST(OutcomeFiles, NeedNoLineEndAtTheEnd) {
    std::string text = row("a");
    text.pop_back();
    EXPECT_EQ(read(text).rows.size(), 1U);
}

TEST(OutcomeFiles, NameFileAndLineOfWhatIsWrong) {
    const OutcomeSet set = read(row("a") + "{}\n" + row("c"));
    ASSERT_EQ(set.problems.size(), 1U);
    EXPECT_EQ(set.problems[0].to_string(), "rows.jsonl:2:1: `id` must be there and name the row.");
    EXPECT_EQ(set.rows.size(), 2U);
}

TEST(OutcomeFiles, RefuseAnIdThatStandsForTwoRows) {
    const OutcomeSet set = read(row("a") + row("b") + row("a"));
    ASSERT_EQ(set.problems.size(), 1U);
    EXPECT_EQ(set.problems[0].line, 3);
    EXPECT_NE(set.problems[0].message.find("The id `a` is that of rows.jsonl:1 already"), std::string::npos);
}

TEST(OutcomeFiles, EndAtALineThatIsTooLong) {
    const OutcomeSet set = read(row("a") + std::string(kOutcomeBytesMax + 1, ' ') + '\n' + row("b"));
    ASSERT_EQ(set.problems.size(), 1U);
    EXPECT_EQ(set.problems[0].line, 2);
    EXPECT_EQ(set.rows.size(), 1U);
}

TEST(OutcomeFiles, KeepTheFirstProblems) {
    std::string text;
    for (int i = 0; i < 100; ++i) {
        text += "{}\n";
    }
    EXPECT_EQ(read(text).problems.size(), kOutcomeProblemsMax);
}

TEST(OutcomeFiles, WithoutARowAreAProblem) {
    const OutcomeSet set = read("\n\n");
    ASSERT_EQ(set.problems.size(), 1U);
    EXPECT_EQ(set.problems[0].message, "The file holds no row.");
}

TEST(OutcomeFiles, OfTheDocumentedExampleAreRead) {
    const std::vector<std::string> files{TIERWAY_SOURCE_DIR "/tests/data/outcomes.jsonl"};
    const OutcomeSet set = read_outcome_files(files);
    EXPECT_TRUE(set.problems.empty());
    ASSERT_EQ(set.rows.size(), 3U);
    EXPECT_EQ(set.rows[1].answer_of("openai/gpt-4o")->final_answer, "9");
}

TEST(OutcomeFiles, ThatCannotBeReadAreAProblem) {
    const std::vector<std::string> files{"/nowhere/rows.jsonl"};
    const OutcomeSet set = read_outcome_files(files);
    ASSERT_EQ(set.problems.size(), 1U);
    EXPECT_EQ(set.problems[0].message, "The file cannot be read.");
}

}  // namespace
}  // namespace tierway::lab
