#include "gateway/shadow/shadow_row.hpp"

#include <gtest/gtest.h>

#include "tierway/wire/json_view.hpp"

namespace tierway::gateway {
namespace {

dialect::ChatAnswer answer(std::string text, std::int64_t prompt, std::int64_t completion) {
    dialect::ChatAnswer answer;
    answer.choices.emplace_back().content = std::move(text);
    answer.usage.emplace();
    answer.usage->prompt = prompt;
    answer.usage->completion = completion;
    return answer;
}

class ShadowLine : public ::testing::Test {
protected:
    [[nodiscard]] std::string line(bool keep_text, std::string_view prompt = "6 \"times\" 7?") const {
        const ShadowRow row{"req-1", WallTime{},  "math", "agreement", "0123456789ab", prompt, "answer",
                            {"near/cheap", kept_, false}, {"near/dear", better_, true}};
        return shadow_line(row, keep_text);
    }

    dialect::ChatAnswer kept_ = answer("{\"answer\": \"41\"}", 12, 7);
    dialect::ChatAnswer better_ = answer("So it is \\boxed{42}.", 13, 9);
};

TEST_F(ShadowLine, IsARowOfTheOutcomeFormat) {
    wire::JsonParser parser;
    const std::string text = line(true);
    const auto row = parser.parse(text);
    ASSERT_TRUE(row) << text;
    EXPECT_TRUE(row->find("id").string_is("req-1"));
    EXPECT_TRUE(row->find("class").string_is("math"));
    EXPECT_TRUE(row->find("prompt").string_is("6 \"times\" 7?"));
    const wire::JsonValue kept = row->find("answers").find("near/cheap");
    EXPECT_EQ(kept.find("acceptable").integer(), 0);
    EXPECT_EQ(kept.find("prompt_tokens").integer(), 12);
    EXPECT_EQ(kept.find("completion_tokens").integer(), 7);
    EXPECT_TRUE(kept.find("final").string_is("41"));
    const wire::JsonValue better = row->find("answers").find("near/dear");
    EXPECT_EQ(better.find("acceptable").integer(), 1);
    EXPECT_TRUE(better.find("text").string_is("So it is \\boxed{42}."));
    EXPECT_TRUE(better.find("final").string_is("42"));
}

TEST_F(ShadowLine, HoldsNoWordsUnlessTheyAreToBeKept) {
    const std::string text = line(false);
    for (const std::string_view word : {"times", "41", "42", "boxed"}) {
        EXPECT_EQ(text.find(word), std::string::npos) << text;
    }
    EXPECT_NE(text.find("\"prompt\":\"(not kept)\""), std::string::npos);
}

TEST_F(ShadowLine, IsOneLineOfBoundedLength) {
    kept_ = answer(std::string(1 << 20, 'a') + "\n", 1, 1);
    const std::string prompt(1 << 20, '\n');
    const std::string text = line(true, prompt);
    EXPECT_LT(text.size(), std::size_t{300} * 1024);
    EXPECT_EQ(text.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace tierway::gateway
