#include "tierway/dialect/chat_request.hpp"

#include "document.hpp"

namespace tierway::dialect {
namespace {

constexpr std::string_view kMessages = R"("messages":[{"role":"user","content":"Hi"}])";

std::string with(std::string_view members) {
    std::string body = R"({"model":"auto",)";
    body.append(kMessages).append(members.empty() ? "" : ",").append(members).append("}");
    return body;
}

std::string with_messages(std::string_view messages) {
    return std::string(R"({"model":"auto","messages":[)").append(messages).append("]}");
}

struct Refusal {
    std::string name;
    std::string body;
    std::string code;
    std::string param;
};

void expect_refusals(const std::vector<Refusal>& cases) {
    for (const Refusal& refusal : cases) {
        SCOPED_TRACE(refusal.name);
        const Document document(refusal.body);
        const auto request = read_chat_request(document.root());
        ASSERT_FALSE(request.has_value());
        EXPECT_EQ(request.error().kind(), ErrorKind::InvalidRequest);
        EXPECT_EQ(request.error().code(), refusal.code);
        EXPECT_EQ(request.error().param(), refusal.param);
        EXPECT_EQ(request.error().source(), ErrorSource::Downstream);
        EXPECT_FALSE(request.error().message().empty());
    }
}

TEST(ReadChatRequest, ReadsTheSmallestRequest) {
    const Document document(with(""));
    const auto request = read_chat_request(document.root());
    ASSERT_TRUE(request.has_value());
    EXPECT_EQ(request->model_name, "auto");
    EXPECT_FALSE(request->stream);
    EXPECT_FALSE(request->include_usage);
    EXPECT_FALSE(request->logprobs);
    EXPECT_EQ(request->choices, 1);
    EXPECT_EQ(request->output_tokens_max, std::nullopt);
    EXPECT_EQ(request->turns, 1);
    EXPECT_EQ(request->prompt_text_bytes, 2U);
    EXPECT_FALSE(request->has_tools || request->has_image || request->has_audio || request->has_file);
    EXPECT_FALSE(request->wants_json_object || request->wants_json_schema() || request->last_turn_is_tool_result);
    EXPECT_FALSE(request->tools.exists());
}

TEST(ReadChatRequest, ReadsEveryFieldItActsOn) {
    const Document document(R"({"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"n":3,
        "max_tokens":10,"max_completion_tokens":20,"logprobs":true,"top_logprobs":5,"model":"caf\u00e9\/gpt",
        "response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object"}}},
        "tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"Hi"}],"seed":1e9999})");
    const auto request = read_chat_request(document.root());
    ASSERT_TRUE(request.has_value()) << request.error().message();
    EXPECT_EQ(request->model_name, "caf\xC3\xA9/gpt");
    EXPECT_TRUE(request->stream);
    EXPECT_TRUE(request->include_usage);
    EXPECT_TRUE(request->logprobs);
    EXPECT_EQ(request->choices, 3);
    EXPECT_EQ(request->output_tokens_max, 20);
    EXPECT_TRUE(request->has_tools);
    EXPECT_EQ(request->tools.size(), 1U);
    EXPECT_TRUE(request->wants_json_schema());
    EXPECT_EQ(request->json_schema.raw(), R"({"type":"object"})");
}

TEST(ReadChatRequest, TakesNullInAnOptionalFieldAsAbsent) {
    const Document document(with(R"("stream":null,"stream_options":null,"n":null,"max_tokens":7,"max_completion_tokens":null,
        "logprobs":null,"top_logprobs":null,"response_format":null,"tools":null,"functions":null)"));
    const auto request = read_chat_request(document.root());
    ASSERT_TRUE(request.has_value()) << request.error().message();
    EXPECT_FALSE(request->stream);
    EXPECT_EQ(request->choices, 1);
    EXPECT_EQ(request->output_tokens_max, 7);
    EXPECT_FALSE(request->tools.exists());
}

TEST(ReadChatRequest, OfTwoLimitsTheLargerOneCounts) {
    struct Case {
        std::string members;
        std::int64_t most;
        std::string_view field;
    };
    for (const Case& c :
         {Case{R"("max_tokens":900,"max_completion_tokens":20)", 900, "max_tokens"},
          Case{R"("max_tokens":20,"max_completion_tokens":20)", 20, "max_completion_tokens"},
          Case{R"("max_tokens":9)", 9, "max_tokens"}, Case{R"("max_completion_tokens":9)", 9, "max_completion_tokens"}}) {
        SCOPED_TRACE(c.members);
        const Document document(with(c.members));
        const auto request = read_chat_request(document.root());
        ASSERT_TRUE(request.has_value());
        EXPECT_EQ(request->output_tokens_max, c.most);
        EXPECT_EQ(request->output_tokens_field, c.field);
    }
}

TEST(ReadChatRequest, MakesNoMoreChoicesThanItGives) {
    for (const std::string members : {R"("best_of":1)", R"("n":3,"best_of":3)", R"("n":3,"best_of":2)", R"("best_of":null)"}) {
        SCOPED_TRACE(members);
        const Document document(with(members));
        EXPECT_TRUE(read_chat_request(document.root()).has_value());
    }
    for (const std::string members :
         {R"("best_of":2)", R"("n":3,"best_of":20)", R"("best_of":0)", R"("best_of":-1)", R"("best_of":1e9)"}) {
        SCOPED_TRACE(members);
        const Document document(with(members));
        const auto refused = read_chat_request(document.root());
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), "invalid_value");
        EXPECT_EQ(refused.error().param(), "best_of");
    }
}

TEST(ReadChatRequest, CountsWhatCapsLimit) {
    const Document document(with(R"("tools":[{},{}],"functions":[{}])"));
    EXPECT_EQ(read_chat_request(document.root())->tools_offered, 3);
}

TEST(ReadChatRequest, LeavesFieldsItDoesNotActOnAlone) {
    for (const std::string members :
         {R"("temperature":"hot")", R"("metadata":{"api_base":"x","base_url":"y"})", R"("seed":123456789012345678901234567890)",
          R"("user":7)", R"("top_p":null,"stop":{},"tool_choice":3)", R"("header":"x","modelx":1,"Model":"y")"}) {
        SCOPED_TRACE(members);
        const Document document(with(members));
        EXPECT_TRUE(read_chat_request(document.root()).has_value());
    }
}

TEST(ReadChatRequest, RefusesWhatIsNotAnObject) {
    for (const std::string body : {"[]", "\"x\"", "null", "1"}) {
        const Document document(body);
        EXPECT_EQ(read_chat_request(document.root()).error().code(), "invalid_type");
    }
}

TEST(ReadChatRequest, RefusesBadModels) {
    const std::string messages(kMessages);
    expect_refusals({
        {"missing", "{" + messages + "}", "missing_required_parameter", "model"},
        {"null", R"({"model":null,)" + messages + "}", "invalid_type", "model"},
        {"number", R"({"model":4,)" + messages + "}", "invalid_type", "model"},
        {"empty", R"({"model":"",)" + messages + "}", "invalid_value", "model"},
        {"257 bytes", R"({"model":")" + std::string(257, 'm') + R"(",)" + messages + "}", "invalid_value", "model"},
        {"258 bytes, the last three one character", R"({"model":")" + std::string(255, 'm') + "\xE2\x82\xAC\"," + messages + "}",
         "invalid_value", "model"},
        {"nothing at all", "{}", "missing_required_parameter", "model"},
    });
    const Document longest(R"({"model":")" + std::string(256, 'm') + R"(",)" + messages + "}");
    EXPECT_TRUE(read_chat_request(longest.root()).has_value());
}

TEST(ReadChatRequest, RefusesWrongTypesAndValues) {
    expect_refusals({
        {"stream string", with(R"("stream":"true")"), "invalid_type", "stream"},
        {"service_tier number", with(R"("service_tier":2)"), "invalid_type", "service_tier"},
        {"stream_options without stream", with(R"("stream_options":{"include_usage":true})"), "invalid_value", "stream_options"},
        {"stream_options beside stream false", with(R"("stream":false,"stream_options":{})"), "invalid_value", "stream_options"},
        {"stream_options array", with(R"("stream":true,"stream_options":[])"), "invalid_type", "stream_options"},
        {"include_usage string", with(R"("stream":true,"stream_options":{"include_usage":"yes"})"), "invalid_type",
         "stream_options.include_usage"},
        {"n zero", with(R"("n":0)"), "invalid_value", "n"},
        {"n 129", with(R"("n":129)"), "invalid_value", "n"},
        {"n fraction", with(R"("n":1.5)"), "invalid_value", "n"},
        {"n string", with(R"("n":"1")"), "invalid_type", "n"},
        {"n true", with(R"("n":true)"), "invalid_type", "n"},
        {"max_tokens zero", with(R"("max_tokens":0)"), "invalid_value", "max_tokens"},
        {"max_tokens negative", with(R"("max_tokens":-1)"), "invalid_value", "max_tokens"},
        {"max_tokens 2^31", with(R"("max_tokens":2147483648)"), "invalid_value", "max_tokens"},
        {"max_tokens 2^70", with(R"("max_tokens":1180591620717411303424)"), "invalid_value", "max_tokens"},
        {"max_tokens exponent", with(R"("max_tokens":1e2)"), "invalid_value", "max_tokens"},
        {"max_tokens bad beside a good newer one", with(R"("max_tokens":-5,"max_completion_tokens":5)"), "invalid_value",
         "max_tokens"},
        {"max_completion_tokens string", with(R"("max_completion_tokens":"9")"), "invalid_type", "max_completion_tokens"},
        {"logprobs number", with(R"("logprobs":3)"), "invalid_type", "logprobs"},
        {"top_logprobs alone", with(R"("top_logprobs":2)"), "invalid_value", "top_logprobs"},
        {"top_logprobs beside logprobs false", with(R"("logprobs":false,"top_logprobs":2)"), "invalid_value", "top_logprobs"},
        {"top_logprobs negative", with(R"("logprobs":true,"top_logprobs":-1)"), "invalid_value", "top_logprobs"},
        {"response_format string", with(R"("response_format":"json")"), "invalid_type", "response_format"},
        {"response_format without type", with(R"("response_format":{})"), "missing_required_parameter", "response_format.type"},
        {"json_schema absent", with(R"("response_format":{"type":"json_schema"})"), "missing_required_parameter",
         "response_format.json_schema"},
        {"schema absent", with(R"("response_format":{"type":"json_schema","json_schema":{"name":"x"}})"),
         "missing_required_parameter", "response_format.json_schema.schema"},
        {"schema string", with(R"("response_format":{"type":"json_schema","json_schema":{"schema":"{}"}})"), "invalid_type",
         "response_format.json_schema.schema"},
        {"tools object", with(R"("tools":{})"), "invalid_type", "tools"},
        {"a tool that is no object", with(R"("tools":[{},"f"])"), "invalid_type", "tools[1]"},
        {"functions string", with(R"("functions":"f")"), "invalid_type", "functions"},
    });
}

TEST(ReadChatRequest, RefusesBadMessages) {
    const std::string good = R"({"role":"user","content":"a"},)";
    expect_refusals({
        {"absent", R"({"model":"auto"})", "missing_required_parameter", "messages"},
        {"object", R"({"model":"auto","messages":{}})", "invalid_type", "messages"},
        {"null", R"({"model":"auto","messages":null})", "invalid_type", "messages"},
        {"empty", with_messages(""), "invalid_value", "messages"},
        {"string element", with_messages(good + R"("hello")"), "invalid_type", "messages[1]"},
        {"no role", with_messages(R"({"content":"a"})"), "missing_required_parameter", "messages[0].role"},
        {"role number", with_messages(good + good + good + R"({"role":1,"content":"a"})"), "invalid_type", "messages[3].role"},
        {"role unknown", with_messages(good + R"({"role":"robot","content":"a"})"), "invalid_value", "messages[1].role"},
        {"no content", with_messages(R"({"role":"user"})"), "missing_required_parameter", "messages[0].content"},
        {"content number", with_messages(R"({"role":"user","content":5})"), "invalid_type", "messages[0].content"},
        {"content object", with_messages(R"({"role":"user","content":{}})"), "invalid_type", "messages[0].content"},
        {"part string", with_messages(R"({"role":"user","content":["x"]})"), "invalid_type", "messages[0].content[0]"},
        {"part without type", with_messages(good + R"({"role":"user","content":[{"type":"text","text":"x"},{}]})"),
         "missing_required_parameter", "messages[1].content[1].type"},
        {"part type number", with_messages(R"({"role":"user","content":[{"type":1}]})"), "invalid_type",
         "messages[0].content[0].type"},
        {"text part without text", with_messages(R"({"role":"user","content":[{"type":"text"}]})"), "missing_required_parameter",
         "messages[0].content[0].text"},
        {"text part with a number", with_messages(R"({"role":"user","content":[{"type":"text","text":1}]})"), "invalid_type",
         "messages[0].content[0].text"},
        {"tool without id", with_messages(R"({"role":"tool","content":"x"})"), "missing_required_parameter",
         "messages[0].tool_call_id"},
        {"tool id number", with_messages(R"({"role":"tool","tool_call_id":1,"content":"x"})"), "invalid_type",
         "messages[0].tool_call_id"},
    });
}

TEST(ReadChatRequest, AcceptsEveryRoleAndShapeOfContent) {
    const Document document(with_messages(R"(
        {"role":"developer","content":"d"},{"role":"system","content":[{"type":"text","text":"s"}],"name":"x"},
        {"role":"user","content":[]},{"role":"assistant","tool_calls":[]},{"role":"assistant","content":null},
        {"role":"assistant","content":[{"type":"refusal","refusal":"no"}]},
        {"role":"function","name":"f","content":null},{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"t"}]},
        {"role":"user","content":[{"type":"video_url","video_url":{"url":"data:aaaa"}}]},{"r\u006fle":"us\u0065r","content":"e"})"));
    const auto request = read_chat_request(document.root());
    ASSERT_TRUE(request.has_value()) << request.error().message();
    EXPECT_EQ(request->turns, 3);
    EXPECT_FALSE(request->last_turn_is_tool_result);
}

TEST(ReadChatRequest, SeesModalities) {
    const Document document(with_messages(R"({"role":"user","content":[{"type":"text","text":"look"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA"}},
        {"type":"image_url","image_url":{"url":"https://example.com/a.png"}},
        {"type":"input_audio","input_audio":{"data":"UklGRgAAAAA","format":"wav"}},
        {"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERi0","filename":"a.pdf"}}]})"));
    const auto request = read_chat_request(document.root());
    ASSERT_TRUE(request.has_value());
    EXPECT_TRUE(request->has_image);
    EXPECT_EQ(request->images, 2);
    EXPECT_TRUE(request->has_audio);
    EXPECT_TRUE(request->has_file);
    EXPECT_EQ(request->prompt_text_bytes, 4U) << "data of images, audio and files is no prompt text";
}

TEST(ReadChatRequest, CountsTextOfMessagesToolsAndSchema) {
    const std::string tools = R"([{"type":"function","function":{"name":"f"}}])";
    const std::string schema = R"({"type":"object"})";
    const std::string calls = R"([{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}])";
    const Document document(R"({"model":"m","tools":)" + tools +
                            R"(,"response_format":{"type":"json_schema","json_schema":{"schema":)" + schema +
                            R"(}},"messages":[{"role":"user","content":"12345"},{"role":"assistant","content":"67",
        "reasoning_content":"abc","tool_calls":)" +
                            calls + R"(},{"role":"tool","tool_call_id":"1","content":"89"}]})");
    const auto request = read_chat_request(document.root());
    ASSERT_TRUE(request.has_value());
    EXPECT_EQ(request->prompt_text_bytes, tools.size() + schema.size() + calls.size() + 12);
    EXPECT_TRUE(request->last_turn_is_tool_result);
}

TEST(ReadChatRequest, SeesLegacyFunctionsAndJsonMode) {
    const Document document(with(R"("functions":[{"name":"f"}],"response_format":{"type":"json_object"})"));
    const auto request = read_chat_request(document.root());
    ASSERT_TRUE(request.has_value());
    EXPECT_TRUE(request->has_tools);
    EXPECT_TRUE(request->wants_json_object);
    EXPECT_FALSE(request->wants_json_schema());
    const Document empty(with(R"("tools":[])"));
    EXPECT_FALSE(read_chat_request(empty.root())->has_tools);
}

TEST(ReadChatRequest, RefusesFieldsThatWouldRedirectTheCall) {
    for (const std::string name : {"api_base", "base_url", "api_base_url", "api_key", "api_version", "api_type", "organization",
                                   "extra_headers", "headers", "default_headers", "extra_body", "custom_llm_provider",
                                   "x_headers", "API_BASE", "apiKey", "baseURL", "extra-headers", "api\\u005fbase",
                                   "a_very_long_name_with_more_than_sixty_four_bytes_that_still_ends_in_headers_headers"}) {
        SCOPED_TRACE(name);
        // First of all checks: a body without model tells of the field that is dangerous.
        for (const std::string value : {"\"http://evil.example\"", "null", "{}"}) {
            const Document document("{\"" + name + "\":" + value + "}");
            const auto request = read_chat_request(document.root());
            ASSERT_FALSE(request.has_value());
            EXPECT_EQ(request.error().code(), "unsupported_parameter");
            EXPECT_FALSE(request.error().param().empty());
            EXPECT_NE(request.error().message().find("operator"), std::string_view::npos);
        }
    }
}

TEST(ReadChatRequest, HoldsTheGivenLimits) {
    const ChatRequestLimits limits{.choices_max = 2, .output_tokens_max = 100, .messages_max = 1, .tools_max = 1};
    const Document good(with(R"("n":2,"max_tokens":100,"tools":[{}])"));
    EXPECT_TRUE(read_chat_request(good.root(), limits).has_value());
    for (const std::string members :
         {R"("n":3)", R"("max_tokens":101)", R"("max_completion_tokens":101)", R"("tools":[{},{}])"}) {
        SCOPED_TRACE(members);
        const Document document(with(members));
        EXPECT_EQ(read_chat_request(document.root(), limits).error().code(), "invalid_value");
    }
    const Document two(with_messages(R"({"role":"user","content":"a"},{"role":"user","content":"b"})"));
    EXPECT_EQ(read_chat_request(two.root(), limits).error().param(), "messages");
}

TEST(RoleOf, NamesTheRolesOfTheApi) {
    const std::vector<std::pair<std::string, std::optional<Role>>> cases = {
        {R"({"role":"developer"})", Role::System},
        {R"({"role":"system"})", Role::System},
        {R"({"role":"user"})", Role::User},
        {R"({"role":"assistant"})", Role::Assistant},
        {R"({"role":"tool"})", Role::Tool},
        {R"({"role":"function"})", Role::Tool},
        {R"({"role":"User"})", std::nullopt},
        {R"({"role":7})", std::nullopt},
        {R"({})", std::nullopt},
        {R"([])", std::nullopt},
    };
    for (const auto& [text, role] : cases) {
        SCOPED_TRACE(text);
        const Document document(text);
        EXPECT_EQ(role_of(document.root()), role);
    }
}

}  // namespace
}  // namespace tierway::dialect
