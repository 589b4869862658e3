#include "simulator/task.hpp"

#include <gtest/gtest.h>

#include <string>

#include "simulator/arithmetic.hpp"

namespace tierway::simulator {
namespace {

TEST(TaskKind, IsTheOneThatTheInstructionTells) {
    struct Case {
        const char* text;
        TaskKind kind;
    };
    const Case cases[] = {
        {"Extract all e-mail addresses: a@b.org", TaskKind::Extraction},
        {"Pull out the invoice numbers", TaskKind::Extraction},
        {"Classify the sentiment: I love it", TaskKind::Classification},
        {"Is this review positive or negative? Dull.", TaskKind::Classification},
        {"Translate to French: good morning", TaskKind::Rewriting},
        {"Rewrite this politely: go away", TaskKind::Rewriting},
        {"Summarize this article: It rained. It poured.", TaskKind::Summarization},
        {"TL;DR please", TaskKind::Summarization},
        {"Write a Python script that adds 2 + 3", TaskKind::Code},
        {"What does this do?\n```\nx\n```", TaskKind::Code},
        {"Write a haiku about rain", TaskKind::CreativeWriting},
        {"If all cats purr and Tom is a cat, does Tom purr?", TaskKind::Reasoning},
        {"Think step by step: 3 + 4", TaskKind::Reasoning},
        {"What is 17*23?", TaskKind::Math},
        {"Anna has 3 apples and buys 4 more. How many has she?", TaskKind::Math},
        {"Who wrote Faust?", TaskKind::OpenQa},
        {"What happened on 2024-05-01?", TaskKind::OpenQa},
        {"Hello there", TaskKind::Chat},
        {"", TaskKind::Chat},
        {"Subextract nothing", TaskKind::Chat},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.text);
        EXPECT_EQ(name_of(kind_of(one.text)), name_of(one.kind));
    }
}

TEST(Arithmetic, SolvesExpressionsAndWordSums) {
    struct Case {
        const char* text;
        const char* result;
    };
    const Case cases[] = {
        {"what is 17*23?", "391"},
        {"2 + 3 * 4", "14"},
        {"(2 + 3) * 4 = ?", "20"},
        {"what is 12 plus 30?", "42"},
        {"10 divided by 4", "2.5"},
        {"1 / 3", "0.3333"},
        {"17-5", "12"},
        {"12% of 80", "9.6"},
        {"6 × 7", "42"},
        {"1,234 + 1", "1235"},
        {"3 - 5", "-2"},
        {"1.5 * 2", "3"},
        {"room 5, then 2 + 2", "4"},
        {"anna has 3 apples and buys 4 more. how many apples does she have?", "7"},
        {"tom has ten coins and gives three away. how many are left?", "7"},
        {"there are 4 boxes with 6 eggs each. how many eggs?", "24"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.text);
        const auto value = solve(one.text);
        ASSERT_TRUE(value.has_value());
        EXPECT_EQ(number_text(*value), one.result);
    }
}

TEST(Arithmetic, FindsNoSumWhereThereIsNone) {
    for (const char* text :
         {"", "hello", "5", "on 2026-11-23", "1 / 0", "version 1.2.3", "how many apples?", "(((", "3 +", "+ 3", "a1+b2"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(solve(text).has_value());
    }
}

TEST(Arithmetic, SurvivesDeepNesting) {
    EXPECT_FALSE(solve(std::string(100'000, '(')).has_value());
}

TEST(Task, AnswersExtractionByWhatTheTextHolds) {
    const Task mails = find_task("Extract all emails: write to ada@example.org or bob.b@mail.example.com, not to @nobody.");
    EXPECT_TRUE(mails.computed);
    EXPECT_EQ(mails.right, "ada@example.org, bob.b@mail.example.com");
    EXPECT_EQ(mails.wrong, "ada@example.org");
    EXPECT_EQ(find_task("Extract the numbers: 3 pears, 4.5 apples and -2 plums").right, "3, 4.5, -2");
    EXPECT_EQ(find_task("Extract the dates: from 2026-01-02 to 2026-03-04.").right, "2026-01-02, 2026-03-04");
    EXPECT_EQ(find_task("Extract every URL: see https://example.org/a?b=1, please").right, "https://example.org/a?b=1");
    EXPECT_EQ(find_task("Extract all emails: there is none").right, "none found");
}

TEST(Task, ClassifiesBySentiment) {
    EXPECT_EQ(find_task("Classify the sentiment: I love this, it is great").right, "positive");
    EXPECT_EQ(find_task("Classify the sentiment: broken and useless").right, "negative");
    EXPECT_EQ(find_task("Classify the sentiment: it is not good").right, "negative");
    EXPECT_EQ(find_task("Classify the sentiment: it has four legs").right, "neutral");
    EXPECT_EQ(find_task("Classify as spam or not spam: you are a WINNER, click here").right, "spam");
}

TEST(Task, CalculatesAndSummarizes) {
    EXPECT_EQ(find_task("What is 17*23?").value, "391");
    EXPECT_EQ(find_task("Summarize: The ship left. It sank. Nobody knew.").right, "The ship left.");
    EXPECT_EQ(find_task("Rewrite properly: hello world").right, "Hello world.");
}

TEST(Task, HasARightAndADifferentWrongAnswerForEveryText) {
    for (const char* text : {"", "Extract all emails: none", "Extract emails: a@b.org", "Classify: x",
                             "Translate to German: ", "Summarize:", "Write a poem", "Why? step by step", "Write python code",
                             "What is 0*0?", "7", "Hi", "Who?", "\xc3\xa9\xc3\xa9"}) {
        SCOPED_TRACE(text);
        const Task task = find_task(text);
        EXPECT_FALSE(task.right.empty());
        EXPECT_FALSE(task.wrong.empty());
        EXPECT_NE(task.right, task.wrong);
        const Task again = find_task(text);
        EXPECT_EQ(task.right, again.right);
        EXPECT_EQ(task.wrong, again.wrong);
    }
}

TEST(Task, AnswersDifferentQuestionsDifferently) {
    EXPECT_NE(find_task("Who built the lighthouse?").right, find_task("Who built the cathedral?").right);
}

}  // namespace
}  // namespace tierway::simulator
