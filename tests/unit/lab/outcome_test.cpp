#include "tierway/lab/outcome.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tierway::lab {
namespace {

constexpr std::string_view kRow =
    R"({"id":"sums-1","suite":"sums","class":"math","category":"easy","prompt":"1+1?","source":{"any":["thing"]},"answers":{)"
    R"("a/small":{"acceptable":0,"prompt_tokens":12,"completion_tokens":3,"text":"It is 3.","final":"3","no_answer":false,"note":1},)"
    R"("b/large":{"acceptable":true,"prompt_tokens":12,"completion_tokens":2,"final":"2","token_probability":0.75,"stated_confidence":1}}})";

Result<Outcome> read(std::string_view line) {
    wire::JsonParser parser;
    return read_outcome(line, parser);
}

std::string changed(std::string_view from, std::string_view to) {
    std::string line(kRow);
    line.replace(line.find(from), from.size(), to);
    return line;
}

TEST(ReadOutcome, TakesWhatTheFormatKnowsAndPassesOverTheRest) {
    const auto row = read(kRow);
    ASSERT_TRUE(row) << row.error().message();
    EXPECT_EQ(row->id, "sums-1");
    EXPECT_EQ(row->suite, "sums");
    EXPECT_EQ(row->request_class, "math");
    EXPECT_EQ(row->category, "easy");
    EXPECT_EQ(row->prompt, "1+1?");
    ASSERT_EQ(row->answers.size(), 2U);
    const RecordedAnswer& small = *row->answer_of("a/small");
    EXPECT_FALSE(small.acceptable);
    EXPECT_EQ(small.prompt_tokens, 12);
    EXPECT_EQ(small.completion_tokens, 3);
    EXPECT_EQ(small.words(), "It is 3.");
    EXPECT_FALSE(small.token_probability);
    EXPECT_FALSE(small.no_answer);
    const RecordedAnswer& large = *row->answer_of("b/large");
    EXPECT_TRUE(large.acceptable);
    EXPECT_EQ(large.words(), "2") << "without the whole text the extracted answer stands for it";
    EXPECT_EQ(large.token_probability, 0.75);
    EXPECT_EQ(large.stated_confidence, 1.0);
    EXPECT_EQ(row->answer_of("c/none"), nullptr);
}

TEST(ReadOutcome, NeedsNoLabels) {
    const auto row = read(R"({"id":"1","prompt":"x","answers":{"m":{"acceptable":1,"prompt_tokens":0,"completion_tokens":0}}})");
    ASSERT_TRUE(row) << row.error().message();
    EXPECT_EQ(row->request_class, "");
}

TEST(ReadOutcome, SaysWhichMemberIsWrongAndWhatItMustBe) {
    struct Case {
        const char* name;
        std::string line;
        const char* message;
    };
    const auto cases = std::to_array<Case>({
        {"no object", "[1]", "one JSON object"},
        {"broken", std::string(kRow.substr(0, 40)), "JSON"},
        {"no id", changed(R"("id":"sums-1",)", ""), "`id` must be there"},
        {"control character", changed("sums-1", R"(sums\n1)"), "`id` must be a string of at most 256 bytes"},
        {"long id", changed("sums-1", std::string(257, 'x')), "`id` must be a string of at most 256 bytes"},
        {"no prompt", changed(R"("prompt":"1+1?",)", ""), "`prompt` must be a string and not empty"},
        {"no answers", changed(kRow.substr(kRow.find("{\"a/small")), "{}}"), "`answers` must be an object with 1 to 64"},
        {"answer that is a text", changed(kRow.substr(kRow.find("{\"a/small")), R"({"a/small":"3"}})"),
         "`answers.a/small` must be an object"},
        {"no verdict", changed(R"("acceptable":0,)", ""), "`answers.a/small.acceptable` must be 0 or 1"},
        {"verdict in between", changed(R"("acceptable":0,)", R"("acceptable":0.5,)"), "must be 0 or 1"},
        {"negative tokens", changed(R"("prompt_tokens":12)", R"("prompt_tokens":-1)"), "must be a whole number from 0"},
        {"fraction of a token", changed(R"("completion_tokens":3)", R"("completion_tokens":3.5)"), "must be a whole number"},
        {"probability above one", changed("0.75", "1.5"), "`answers.b/large.token_probability` must be a number from 0 to 1"},
        {"text that is a number", changed(R"("text":"It is 3.")", R"("text":3)"), "`answers.a/small.text` must be a string"},
        {"model twice", changed("b/large", "a/small"), "holds the model `a/small` twice"},
        {"unprintable model", changed("b/large", R"(b\u0007)"), "without control characters"},
    });
    for (const Case& each : cases) {
        SCOPED_TRACE(each.name);
        const auto row = read(each.line);
        ASSERT_FALSE(row);
        EXPECT_NE(row.error().message().find(each.message), std::string_view::npos) << row.error().message();
    }
}

}  // namespace
}  // namespace tierway::lab
