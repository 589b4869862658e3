#include "simulator/chat_input.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tierway::simulator {
namespace {

TEST(ChatInput, ReadsWhatItActsOn) {
    const auto input = read_chat_input(R"({"model":"sim-small","messages":[{"role":"system","content":"Be brief."},
        {"role":"user","content":"first"},{"role":"assistant","content":null},
        {"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}},{"type":"text","text":"this"}]}],
        "n":2,"stop":["a","b"],"max_completion_tokens":7,"max_tokens":9,"logprobs":true,"top_logprobs":3,"stream":true,
        "stream_options":{"include_usage":true},"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object"}}},
        "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}},{"type":"custom","custom":{"name":"c"}}],
        "tool_choice":{"type":"function","function":{"name":"f"}},"metadata":{"simulate":"wrong","other":"x"},"temperature":null})");
    ASSERT_TRUE(input.has_value()) << input.error().message();
    EXPECT_EQ(input->model, "sim-small");
    EXPECT_EQ(input->question, "see\nthis");
    EXPECT_EQ(input->text_bytes, 9U + 5U + 8U);
    EXPECT_EQ(input->images, 1U);
    EXPECT_EQ(input->choices, 2U);
    EXPECT_EQ(input->stop.size(), 2U);
    EXPECT_EQ(input->tokens_max, 7U);
    EXPECT_TRUE(input->logprobs && input->stream && input->include_usage);
    EXPECT_EQ(input->top_logprobs, 3U);
    EXPECT_EQ(input->form, ChatInput::Form::JsonSchema);
    EXPECT_EQ(input->schema["type"], "object");
    ASSERT_EQ(input->tools.size(), 2U);
    EXPECT_TRUE(input->tools[1].custom);
    EXPECT_EQ(input->tool_choice, ChatInput::ToolChoice::Named);
    EXPECT_EQ(input->named_tool, "f");
    EXPECT_EQ(input->simulate, "wrong");
    EXPECT_TRUE(input->tool_result.empty());
}

TEST(ChatInput, SeesThatAToolHasJustAnswered) {
    const auto input = read_chat_input(
        R"({"model":"m","messages":[{"role":"user","content":"w"},{"role":"tool","tool_call_id":"1","content":"12 C"}]})");
    ASSERT_TRUE(input.has_value());
    EXPECT_EQ(input->tool_result, "12 C");
}

TEST(ChatInput, RefusesWhatIsNoChatRequestAndNamesTheField) {
    struct Case {
        const char* body;
        const char* param;
    };
    const Case cases[] = {
        {"", ""},
        {"[]", ""},
        {"{", ""},
        {"{\"model\":\"\xff\"}", ""},
        {R"({})", "model"},
        {R"({"model":7})", "model"},
        {R"({"model":"m"})", "messages"},
        {R"({"model":"m","messages":[]})", "messages"},
        {R"({"model":"m","messages":[1]})", "messages[0].role"},
        {R"({"model":"m","messages":[{"role":"user","content":5}]})", "messages[0].content"},
        {R"({"model":"m","messages":[{"role":"user","content":[{"text":"x"}]}]})", "messages[0].content"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"n":0})", "n"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"n":129})", "n"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":18446744073709551615})", "max_tokens"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":1.5})", "max_tokens"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"top_logprobs":2})", "top_logprobs"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"stream":"yes"})", "stream"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"stream_options":{}})", "stream_options"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"stop":["a","b","c","d","e"]})", "stop"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}})", "response_format"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema"}})",
         "response_format.json_schema"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]})", "tools"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":"required"})", "tool_choice"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}],"metadata":{"simulate":1}})", "metadata"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.body);
        const auto input = read_chat_input(one.body);
        ASSERT_FALSE(input.has_value());
        EXPECT_EQ(input.error().kind(), ErrorKind::InvalidRequest);
        EXPECT_EQ(input.error().param(), one.param);
    }
}

TEST(ChatInput, RefusesDeepAndLongInput) {
    const std::string deep = std::string(R"({"model":"m","messages":)") + std::string(100'000, '[');
    EXPECT_FALSE(read_chat_input(deep).has_value());
    const std::string closed =
        R"({"model":"m","messages":[{"role":"user","content":"x"}],"x":)" + std::string(70, '[') + std::string(70, ']') + "}";
    const auto refused = read_chat_input(closed);
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message().find("64 levels"), std::string_view::npos);
    const std::string directives =
        R"({"model":"m","messages":[{"role":"user","content":"x"}],"metadata":{"simulate":")" + std::string(513, 'a') + "\"}}";
    EXPECT_FALSE(read_chat_input(directives).has_value());
}

}  // namespace
}  // namespace tierway::simulator
