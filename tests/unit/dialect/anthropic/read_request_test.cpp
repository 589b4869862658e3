#include "dialect/anthropic/talk.hpp"

namespace tierway::dialect::anthropic {
namespace {

Conversation accepted(const std::string& body) {
    Result<Conversation> conversation = conversation_of(body);
    EXPECT_TRUE(conversation) << (conversation ? "" : conversation.error().message());
    return conversation ? *conversation : Conversation{};
}

/// A request whose messages, or further members, are given.
std::string body_with(const std::string& messages, const std::string& members = "") {
    return R"({"model":"auto","max_tokens":100,"messages":)" + messages + members + "}";
}

std::string with_members(const std::string& members) {
    return body_with(R"([{"role":"user","content":"Hi"}])", "," + members);
}

TEST(AnthropicRequest, ReadsWhatIsAskedForAndHow) {
    const Conversation conversation = accepted(with_members(
        R"("system":"Be brief.","stream":true,"stop_sequences":["END","\n"],"temperature":0.5,"top_p":0.9,"top_k":40,)"
        R"("metadata":{"user_id":"u1"},"service_tier":"standard_only")"));
    EXPECT_EQ(conversation.model, "auto");
    EXPECT_EQ(conversation.output_tokens_max, 100);
    EXPECT_TRUE(conversation.stream);
    EXPECT_TRUE(conversation.include_usage) << "this API's streams always tell it";
    EXPECT_EQ(conversation.stop, (std::vector<std::string>{"END", "\n"}));
    EXPECT_EQ(conversation.temperature, 0.5);
    EXPECT_EQ(conversation.top_p, 0.9);
    EXPECT_EQ(conversation.top_k, 40);
    EXPECT_EQ(conversation.user, "u1");
    EXPECT_EQ(conversation.service_tier, "default");
    EXPECT_EQ(conversation.only_native, "");
    ASSERT_EQ(conversation.turns.size(), 2U);
    EXPECT_EQ(conversation.turns[0].role, Role::System);
    EXPECT_EQ(std::get<TextPart>(conversation.turns[0].parts.at(0).value).text, "Be brief.");
    EXPECT_EQ(conversation.turns[1].role, Role::User);
    EXPECT_EQ(std::get<TextPart>(conversation.turns[1].parts.at(0).value).text, "Hi");
    EXPECT_EQ(accepted(with_members(R"("speed":"fast","service_tier":"auto")")).service_tier, "priority");
}

TEST(AnthropicRequest, PutsResultsOfToolsBeforeWhatElseTheirMessageSays) {
    const Conversation conversation = accepted(body_with(R"([
        {"role":"user","content":"Weather?"},
        {"role":"assistant","content":[{"type":"text","text":"Let me see."},{"type":"tool_use","id":"toolu_1","name":"weather","input":{"city": "Köln",  "n":1.0}},
          {"type":"tool_use","id":"toolu_2","name":"time","input":{}}]},
        {"role":"user","content":[{"type":"text","text":"Go on."},{"type":"tool_result","tool_use_id":"toolu_1","content":"rain"},
          {"type":"tool_result","tool_use_id":"toolu_2","is_error":true,"content":[{"type":"text","text":"no clock"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}}]}]}])"));
    ASSERT_EQ(conversation.turns.size(), 4U);
    const auto& call = std::get<ToolCallPart>(conversation.turns[1].parts.at(1).value);
    EXPECT_EQ(call.id, "toolu_1");
    EXPECT_EQ(call.arguments, R"({"city": "Köln",  "n":1.0})") << "byte for byte";
    EXPECT_EQ(conversation.turns[2].role, Role::Tool);
    ASSERT_EQ(conversation.turns[2].parts.size(), 2U);
    const auto& first = std::get<ToolResultPart>(conversation.turns[2].parts[0].value);
    const auto& second = std::get<ToolResultPart>(conversation.turns[2].parts[1].value);
    EXPECT_EQ(first.name, "weather");
    EXPECT_EQ(std::get<TextPart>(first.content.at(0).value).text, "rain");
    EXPECT_TRUE(second.is_error);
    EXPECT_EQ(std::get<MediaPart>(second.content.at(1).value).media_type, "image/png");
    EXPECT_EQ(conversation.turns[3].role, Role::User);
    EXPECT_EQ(std::get<TextPart>(conversation.turns[3].parts.at(0).value).text, "Go on.");
}

TEST(AnthropicRequest, LeavesOutWhatClaudeCodeSendsForNobodyElse) {
    const std::string user = R"({\"device_id\":\")" + std::string(64, 'd') + R"(\",\"session_id\":\"s\"})";
    const std::string body = body_with(
        R"([{"role":"user","content":"Hi"},{"role":"system","content":"","output_config":{"effort":"low"}},{"role":"system","content":[{"type":"text","text":"Now briefly."}]}])",
        R"(,"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1.330; cch=1;"},{"type":"text","text":"You are Claude Code.","cache_control":{"type":"ephemeral","ttl":"1h"}}],)"
        R"("thinking":{"type":"adaptive","display":"omitted"},"output_config":{"effort":"medium"},"context_management":{"edits":[]},"metadata":{"user_id":")" +
            user + R"("})");
    const Conversation conversation = accepted(body);
    ASSERT_EQ(conversation.turns.size(), 3U);
    ASSERT_EQ(conversation.turns[0].parts.size(), 1U) << "without the billing header";
    EXPECT_EQ(std::get<TextPart>(conversation.turns[0].parts[0].value).text, "You are Claude Code.");
    EXPECT_EQ(conversation.turns[0].parts[0].cache_control, R"({"type":"ephemeral","ttl":"1h"})");
    EXPECT_EQ(conversation.turns[2].role, Role::System) << "and without the empty one";
    EXPECT_EQ(std::get<TextPart>(conversation.turns[2].parts[0].value).text, "Now briefly.");
    EXPECT_EQ(conversation.thinking.effort, "medium");
    EXPECT_EQ(conversation.thinking.summary, "");
    EXPECT_EQ(conversation.user.size(), 64U);
    EXPECT_EQ(conversation.user.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(conversation.user, accepted(body).user) << "stable";
    EXPECT_EQ(conversation.only_native, "");
}

TEST(AnthropicRequest, ReadsThinkingInEveryForm) {
    const auto thinking = [](const std::string& members) { return accepted(with_members(members)).thinking; };
    EXPECT_EQ(thinking(R"("thinking":{"type":"enabled","budget_tokens":2048})").budget_tokens, 2048);
    EXPECT_EQ(thinking(R"("thinking":{"type":"enabled","budget_tokens":2048})").effort, "");
    EXPECT_EQ(thinking(R"("thinking":{"type":"enabled","budget_tokens":2048,"display":"summarized"})").summary, "auto");
    EXPECT_EQ(thinking(R"("thinking":{"type":"adaptive"})").effort, "high");
    EXPECT_EQ(thinking(R"("thinking":{"type":"adaptive"},"output_config":{"effort":"xhigh"})").effort, "xhigh");
    EXPECT_EQ(thinking(R"("thinking":{"type":"between_tools"},"output_config":{"effort":"low"})").effort, "low");
    EXPECT_EQ(thinking(R"("thinking":{"type":"disabled"},"output_config":{"effort":"max"})").effort, "none");
    EXPECT_EQ(thinking(R"("output_config":{"effort":"low"})").effort, "low");
    EXPECT_EQ(thinking(R"("thinking":null)").effort, "");
}

TEST(AnthropicRequest, KeepsTheSealsOfEveryFamily) {
    const Conversation conversation = accepted(body_with(R"([{"role":"user","content":"Hi"},{"role":"assistant","content":[
        {"type":"thinking","thinking":"ours","signature":"EqQB"},
        {"type":"redacted_thinking","data":"Emwk"},
        {"type":"thinking","thinking":"theirs","signature":"gemini:abc"},
        {"type":"redacted_thinking","data":"openai!:gAAAA"},
        {"type":"thinking","thinking":"nobody's","signature":""},
        {"type":"text","text":"Hello."}]}])"));
    ASSERT_EQ(conversation.turns.size(), 2U);
    std::vector<std::string> read;
    for (const Part& part : conversation.turns[1].parts) {
        if (const auto* reasoning = std::get_if<ReasoningPart>(&part.value)) {
            read.push_back(reasoning->text + "|" + reasoning->seal + "|" + std::to_string(static_cast<int>(reasoning->origin)) +
                           (reasoning->hidden ? "|hidden" : ""));
        }
    }
    EXPECT_EQ(read, (std::vector<std::string>{"ours|EqQB|2", "|Emwk|2|hidden", "theirs|abc|3", "|gAAAA|1|hidden", "nobody's||0"}));
}

TEST(AnthropicRequest, ReadsToolsAndTheirChoice) {
    const std::string tools =
        R"("tools":[{"name":"a","description":"d","input_schema":{"type":"object"},"strict":true,"cache_control":{"type":"ephemeral"}},)"
        R"({"type":"custom","name":"DeferredToolPlaceholder","input_schema":{"type":"object"},"defer_loading":true}])";
    const Conversation conversation = accepted(with_members(tools));
    ASSERT_EQ(conversation.tools.size(), 2U);
    EXPECT_EQ(conversation.tools[0].name, "a");
    EXPECT_EQ(conversation.tools[0].description, "d");
    EXPECT_EQ(conversation.tools[0].parameters, R"({"type":"object"})");
    EXPECT_EQ(conversation.tools[0].strict, true);
    EXPECT_EQ(conversation.tools[0].cache_control, R"({"type":"ephemeral"})");
    EXPECT_FALSE(conversation.tools[1].custom) << "this API's custom tools are functions";
    EXPECT_EQ(conversation.only_native, "");
    const auto choice = [&tools](const std::string& text) { return accepted(with_members(tools + R"(,"tool_choice":)" + text)); };
    EXPECT_EQ(choice(R"({"type":"auto"})").tool_choice.mode, ToolChoice::Mode::Auto);
    EXPECT_EQ(choice(R"({"type":"any"})").tool_choice.mode, ToolChoice::Mode::Required);
    EXPECT_EQ(choice(R"({"type":"none"})").tool_choice.mode, ToolChoice::Mode::None);
    EXPECT_EQ(choice(R"({"type":"tool","name":"a"})").tool_choice.name, "a");
    EXPECT_EQ(choice(R"({"type":"auto","disable_parallel_tool_use":true})").parallel_tool_calls, false);
    EXPECT_EQ(choice(R"({"type":"auto"})").parallel_tool_calls, std::nullopt);
    EXPECT_EQ(accepted(with_members(R"("tool_choice":{"type":"auto"})")).tool_choice.mode, ToolChoice::Mode::Unstated)
        << "without tools there is nothing to choose";
}

TEST(AnthropicRequest, ReadsTheOutputSchema) {
    const Conversation conversation =
        accepted(with_members(R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object",  "x":1}}})"));
    EXPECT_EQ(conversation.format.kind, OutputFormat::Kind::JsonSchema);
    EXPECT_EQ(conversation.format.name, "output");
    EXPECT_EQ(conversation.format.schema, R"({"type":"object",  "x":1})");
}

TEST(AnthropicRequest, ReadsImagesAndDocuments) {
    const Conversation conversation = accepted(body_with(R"([{"role":"user","content":[
        {"type":"image","source":{"type":"url","url":"https://example.com/a.png"},"cache_control":{"type":"ephemeral"}},
        {"type":"document","title":"a.pdf","context":"From 2020.","source":{"type":"base64","media_type":"application/pdf","data":"JVBE"}},
        {"type":"document","title":"Notes","source":{"type":"text","media_type":"text/plain","data":"one\ntwo"}},
        {"type":"document","source":{"type":"content","content":[{"type":"text","text":"three"}]}},
        {"type":"search_result","title":"T","source":"https://example.com","content":[{"type":"text","text":"four"}]}]}])"));
    const std::vector<Part>& parts = conversation.turns.at(0).parts;
    ASSERT_EQ(parts.size(), 6U);
    EXPECT_EQ(std::get<MediaPart>(parts[0].value).url, "https://example.com/a.png");
    EXPECT_EQ(parts[0].cache_control, R"({"type":"ephemeral"})");
    EXPECT_EQ(std::get<TextPart>(parts[1].value).text, "From 2020.");
    const auto& file = std::get<MediaPart>(parts[2].value);
    EXPECT_EQ(file.kind, MediaPart::Kind::File);
    EXPECT_EQ(file.filename, "a.pdf");
    EXPECT_EQ(file.media_type, "application/pdf");
    EXPECT_EQ(file.data, "JVBE");
    EXPECT_EQ(std::get<TextPart>(parts[3].value).text, "Notes\none\ntwo");
    EXPECT_EQ(std::get<TextPart>(parts[4].value).text, "three");
    EXPECT_EQ(std::get<TextPart>(parts[5].value).text, "T\nhttps://example.com\nfour");
    EXPECT_EQ(conversation.only_native, "");
}

TEST(AnthropicRequest, NamesWhatOnlyTheVendorCanServe) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"tools.1", with_members(R"("tools":[{"name":"a","input_schema":{}},{"type":"web_search_20250305","name":"web_search"}])")},
        {"tools.0", with_members(R"("tools":[{"type":"bash_20250124","name":"bash"}],"tool_choice":{"type":"any"})")},
        {"mcp_servers", with_members(R"("mcp_servers":[{"type":"url","url":"https://example.com","name":"x"}])")},
        {"container", with_members(R"("container":"container_1")")},
        {"inference_geo", with_members(R"("inference_geo":"eu")")},
        {"messages.0.content.0.source", body_with(R"([{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"file_1"}}]}])")},
        {"messages.0.content.0.citations",
         body_with(R"([{"role":"user","content":[{"type":"document","citations":{"enabled":true},"source":{"type":"text","media_type":"text/plain","data":"x"}}]}])")},
        {"messages.1.content.0",
         body_with(R"([{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}}]}])")},
        {"messages.0.content.0", body_with(R"([{"role":"user","content":[{"type":"container_upload","file_id":"file_1"}]}])")},
        {"", with_members(R"("mcp_servers":[],"container":null,"context_management":{},"unknown":1)")},
    };
    for (const auto& [member, body] : cases) {
        SCOPED_TRACE(body);
        EXPECT_EQ(accepted(body).only_native, member);
    }
}

TEST(AnthropicRequest, RefusesWhatTheApiRefusesAndSaysWhere) {
    const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
        // body, param, code
        {R"([])", "", "invalid_type"},
        {R"({"max_tokens":1,"messages":[]})", "model", "missing_required_parameter"},
        {R"({"model":1,"max_tokens":1,"messages":[]})", "model", "invalid_type"},
        {R"({"model":"","max_tokens":1,"messages":[]})", "model", "invalid_value"},
        {R"({"model":"m","messages":[{"role":"user","content":"x"}]})", "max_tokens", "missing_required_parameter"},
        {R"({"model":"m","max_tokens":0,"messages":[{"role":"user","content":"x"}]})", "max_tokens", "invalid_value"},
        {R"({"model":"m","max_tokens":1.5,"messages":[{"role":"user","content":"x"}]})", "max_tokens", "invalid_value"},
        {R"({"model":"m","max_tokens":"1","messages":[{"role":"user","content":"x"}]})", "max_tokens", "invalid_type"},
        {R"({"model":"m","max_tokens":1})", "messages", "missing_required_parameter"},
        {R"({"model":"m","max_tokens":1,"messages":{}})", "messages", "invalid_type"},
        {R"({"model":"m","max_tokens":1,"messages":[]})", "messages", "invalid_value"},
        {body_with("[1]"), "messages.0", "invalid_type"},
        {body_with(R"([{"content":"x"}])"), "messages.0.role", "missing_required_parameter"},
        {body_with(R"([{"role":"tool","content":"x"}])"), "messages.0.role", "invalid_value"},
        {body_with(R"([{"role":"user"}])"), "messages.0.content", "missing_required_parameter"},
        {body_with(R"([{"role":"user","content":7}])"), "messages.0.content", "invalid_type"},
        {body_with(R"([{"role":"user","content":""}])"), "messages.0.content", "invalid_value"},
        {body_with(R"([{"role":"system","content":"only"}])"), "messages", "invalid_value"},
        {body_with(R"([{"role":"user","content":["x"]}])"), "messages.0.content.0", "invalid_type"},
        {body_with(R"([{"role":"user","content":[{"text":"x"}]}])"), "messages.0.content.0.type", "missing_required_parameter"},
        {body_with(R"([{"role":"user","content":[{"type":"text","text":"x"},{"type":"text"}]}])"), "messages.0.content.1.text",
         "missing_required_parameter"},
        {body_with(R"([{"role":"user","content":[{"type":"tool_use","id":"a","name":"b","input":{}}]}])"), "messages.0.content.0.type",
         "invalid_value"},
        {body_with(R"([{"role":"assistant","content":[{"type":"image","source":{"type":"url","url":"x"}}]}])"),
         "messages.0.content.0.type", "invalid_value"},
        {body_with(R"([{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"b","input":"{}"}]}])"),
         "messages.0.content.0.input", "invalid_type"},
        {body_with(R"([{"role":"user","content":[{"type":"tool_result","content":"x"}]}])"), "messages.0.content.0.tool_use_id",
         "missing_required_parameter"},
        {body_with(R"([{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":1}]}]}])"),
         "messages.0.content.0.content.0.text", "invalid_type"},
        {body_with(R"([{"role":"user","content":[{"type":"image","source":{"type":"ftp"}}]}])"), "messages.0.content.0.source.type",
         "invalid_value"},
        {body_with(R"([{"role":"user","content":[{"type":"image","source":{"type":"base64","data":"x"}}]}])"),
         "messages.0.content.0.source.media_type", "missing_required_parameter"},
        {with_members(R"("system":[{"type":"image","source":{"type":"url","url":"x"}}])"), "system", "invalid_value"},
        {with_members(R"("system":7)"), "system", "invalid_type"},
        {with_members(R"("stream":"yes")"), "stream", "invalid_type"},
        {with_members(R"("stop_sequences":"END")"), "stop_sequences", "invalid_type"},
        {with_members(R"("stop_sequences":["a",1])"), "stop_sequences.1", "invalid_type"},
        {with_members(R"("temperature":1.5)"), "temperature", "invalid_value"},
        {with_members(R"("top_p":"1")"), "top_p", "invalid_type"},
        {with_members(R"("top_k":-1)"), "top_k", "invalid_value"},
        {with_members(R"("tools":{})"), "tools", "invalid_type"},
        {with_members(R"("tools":[{"input_schema":{}}])"), "tools.0.name", "missing_required_parameter"},
        {with_members(R"("tools":[{"name":"a"}])"), "tools.0.input_schema", "missing_required_parameter"},
        {with_members(R"("tools":[{"name":"a","input_schema":{},"strict":1}])"), "tools.0.strict", "invalid_type"},
        {with_members(R"("tool_choice":{"type":"any"})"), "tool_choice", "invalid_value"},
        {with_members(R"("tool_choice":{"type":"some"})"), "tool_choice.type", "invalid_value"},
        {with_members(R"("tool_choice":"auto")"), "tool_choice", "invalid_type"},
        {with_members(R"("tools":[{"name":"a","input_schema":{}}],"tool_choice":{"type":"tool"})"), "tool_choice.name",
         "missing_required_parameter"},
        {with_members(R"("thinking":{"type":"enabled"})"), "thinking.budget_tokens", "missing_required_parameter"},
        {with_members(R"("thinking":{"type":"enabled","budget_tokens":1023})"), "thinking.budget_tokens", "invalid_value"},
        {with_members(R"("thinking":{"type":"much"})"), "thinking.type", "invalid_value"},
        {with_members(R"("thinking":true)"), "thinking", "invalid_type"},
        {with_members(R"("output_config":{"effort":"huge"})"), "output_config.effort", "invalid_value"},
        {with_members(R"("output_config":{"format":{"type":"xml"}})"), "output_config.format.type", "invalid_value"},
        {with_members(R"("output_config":{"format":{"type":"json_schema"}})"), "output_config.format.schema",
         "missing_required_parameter"},
        {with_members(R"("metadata":{"user_id":7})"), "metadata.user_id", "invalid_type"},
        {with_members(R"("metadata":"u")"), "metadata", "invalid_type"},
        {with_members(R"("service_tier":"flex")"), "service_tier", "invalid_value"},
    };
    for (const auto& [body, param, code] : cases) {
        SCOPED_TRACE(body);
        const Result<Conversation> conversation = conversation_of(body);
        ASSERT_FALSE(conversation);
        EXPECT_EQ(conversation.error().kind(), ErrorKind::InvalidRequest);
        EXPECT_EQ(conversation.error().param(), param);
        EXPECT_EQ(conversation.error().code(), code);
        EXPECT_NE(conversation.error().message(), "");
    }
}

TEST(AnthropicRequest, NeedsNoLimitToCountTokens) {
    const Document document(R"({"model":"m","messages":[{"role":"user","content":"x"}]})");
    EXPECT_TRUE(read_request(document.root(), false));
    EXPECT_FALSE(read_request(document.root()));
}

}  // namespace
}  // namespace tierway::dialect::anthropic
