#include "tierway/lab/labelled_prompts.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace tierway::lab {
namespace {

LabelledPrompts read(const std::string& text, const NameMap& names = {}, std::string_view field = "class") {
    std::istringstream lines(text);
    return read_labelled_prompts(lines, "rows.jsonl", field, names);
}

std::string problem_of(const std::string& text) {
    const LabelledPrompts prompts = read(text);
    return prompts.problems.empty() ? std::string() : prompts.problems.front().to_string();
}

TEST(LabelledPrompts, AreReadAsTheGatewayReadsThem) {
    const LabelledPrompts prompts = read(
        R"({"id":"a","class":"code","prompt":"Fix <system-reminder>no</system-reminder> \"this\"","source":"own",)"
        R"("origin":"user","more":[1]})"
        "\n\n"
        R"({"id":"b","class":"qa","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"One"},)"
        R"({"role":"assistant","content":"Two"},{"role":"user","content":"Three?"}],)"
        R"("tools":[{"type":"function","function":{"name":"f"}}]})");
    ASSERT_TRUE(prompts.problems.empty()) << prompts.problems.front().to_string();
    ASSERT_EQ(prompts.rows.size(), 2U);
    EXPECT_EQ(prompts.rows[0].features.ask, "Fix  \"this\"");
    EXPECT_EQ(prompts.rows[0].source, "own");
    EXPECT_EQ(prompts.rows[0].origin, "user");
    EXPECT_EQ(prompts.rows[1].features.ask, "Three?");
    EXPECT_EQ(prompts.rows[1].features.earlier_asks, std::vector<std::string>{"One"});
    EXPECT_EQ(prompts.rows[1].features.tool_names, std::vector<std::string>{"f"});
}

TEST(LabelledPrompts, TakeTheNamesTheyAreGiven) {
    const NameMap names{{"qa", "open_qa"}};
    const LabelledPrompts prompts = read("{\"id\":\"a\",\"label\":\"qa\",\"prompt\":\"Why?\"}\n"
                                         "{\"id\":\"b\",\"label\":\"code\",\"prompt\":\"Fix\"}",
                                         names, "label");
    ASSERT_EQ(prompts.rows.size(), 2U);
    EXPECT_EQ(prompts.rows[0].label, "open_qa");
    EXPECT_EQ(prompts.rows[1].label, "code");
}

TEST(LabelledPrompts, SayWhichLineIsWrongAndWhy) {
    const std::string fine = "{\"id\":\"a\",\"class\":\"qa\",\"prompt\":\"Why?\"}\n";
    EXPECT_EQ(problem_of(fine), "");
    EXPECT_TRUE(problem_of(fine + "{").starts_with("rows.jsonl:2:1: "));
    EXPECT_EQ(problem_of(fine + fine), "rows.jsonl:2:1: The id `a` is that of line 1 already; every row needs its own.");
    EXPECT_NE(problem_of(R"({"id":"a","prompt":"Why?"})").find("`class` must be a text"), std::string::npos);
    EXPECT_NE(problem_of(R"({"id":7,"class":"qa","prompt":"Why?"})").find("`id` must be a text"), std::string::npos);
    EXPECT_NE(problem_of(R"({"id":"a","class":"","prompt":"Why?"})").find("`class` must be a text"), std::string::npos);
    EXPECT_NE(problem_of(R"({"id":"a","class":"qa"})").find("needs `prompt`"), std::string::npos);
    EXPECT_NE(problem_of(R"({"id":"a","class":"qa","prompt":["Why?"]})").find("needs `prompt`"), std::string::npos);
    EXPECT_NE(problem_of(R"({"id":"a","class":"qa","prompt":"  "})").find("holds no words"), std::string::npos);
    EXPECT_NE(problem_of(R"({"id":"a","class":"qa","messages":{}})"), "");
    EXPECT_NE(problem_of("[]"), "");
}

TEST(LabelledPrompts, EndAtALineWithoutEnd) {
    const LabelledPrompts prompts = read(std::string(kLabelledPromptBytesMax + 1, 'x'));
    ASSERT_EQ(prompts.problems.size(), 1U);
    EXPECT_NE(prompts.problems.front().message.find("longer than 4 MiB"), std::string::npos);
}

TEST(LabelledPrompts, KeepOnlySoManyProblems) {
    std::string text;
    for (int i = 0; i < 100; ++i) {
        text += "nonsense\n";
    }
    EXPECT_EQ(read(text).problems.size(), kLabelledProblemsMax);
}

TEST(NameMap, IsAnObjectOfTexts) {
    const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "name_map_test.json";
    const auto read_text = [&path](const std::string& text) {
        std::ofstream(path, std::ios::binary) << text;
        return read_name_map(path);
    };
    EXPECT_EQ(*read_text(R"({"qa": "open_qa", "a\"b": "c"})"), (NameMap{{"qa", "open_qa"}, {"a\"b", "c"}}));
    for (const char* wrong : {"", "[]", "{\"a\": 1}", "{\"a\": \"\"}", "{\"a\": "}) {
        const auto names = read_text(wrong);
        ASSERT_FALSE(names) << wrong;
        EXPECT_EQ(names.error().message().find(path.string()), 0U) << names.error().message();
    }
    std::filesystem::remove(path);
    EXPECT_FALSE(read_name_map(path));
}

}  // namespace
}  // namespace tierway::lab
