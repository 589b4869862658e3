#include <algorithm>
#include <cctype>

#include "dialect/document.hpp"
#include "tierway/dialect/chat_compatibility.hpp"
#include "tierway/dialect/upstream_request.hpp"

namespace tierway::dialect {
namespace {

struct Fitted {
    std::string body;
    std::vector<std::string> omissions;
};

ChatRules rules_of(std::string_view vendor) {
    ChatRules rules;
    rules.vendor = find_chat_compatibility(vendor);
    EXPECT_NE(rules.vendor, nullptr) << vendor;
    return rules;
}

/// \param members of the body, behind its model and before its messages, each with a comma behind it.
std::string body_of(const std::string& members, const std::string& messages = R"([{"role":"user","content":"Hi"}])") {
    return R"({"model":"auto",)" + members + R"("messages":)" + messages + "}";
}

Fitted fit(const std::string& body, const ChatRules& rules, RequestEdits wanted = {}) {
    const Document document(body);
    const auto request = read_chat_request(document.root());
    EXPECT_TRUE(request.has_value()) << body;
    if (!request) {
        return {};
    }
    wanted.model = R"("m")";
    wire::Edits edits;
    RequestNotes notes;
    edit_request(*request, wanted, rules, edits, notes);
    Fitted fitted{edited(document.text(), edits), {}};
    fitted.omissions.assign(notes.omissions.begin(), notes.omissions.end());
    EXPECT_TRUE(nlohmann::json::accept(fitted.body)) << fitted.body;
    return fitted;
}

std::string fitted_messages(const std::string& messages, std::string_view vendor) {
    const std::string body = fit(body_of("", messages), rules_of(vendor)).body;
    const std::string head = R"({"model":"m","messages":)";
    EXPECT_TRUE(body.starts_with(head)) << body;
    return body.substr(head.size(), body.size() - head.size() - 1);
}

TEST(ChatCompatibility, OfNobodyChangesNothingButTheModel) {
    const std::string members = R"("seed":1,"store":true,"logprobs":true,"temperature":0.2,"reasoning_effort":"max",)"
                                R"("max_tokens":5,"tool_choice":"required",)";
    const std::string messages =
        R"([{"role":"developer","name":"x","content":"a"},{"role":"assistant","content":"b","reasoning_content":"c"}])";
    const Fitted fitted = fit(body_of(members, messages), {});
    EXPECT_EQ(fitted.body, R"({"model":"m",)" + members + R"("messages":)" + messages + "}");
    EXPECT_TRUE(fitted.omissions.empty());
    EXPECT_EQ(find_chat_compatibility("openrouter"), nullptr) << "it takes whatever OpenAI takes";
    EXPECT_EQ(find_chat_compatibility(""), nullptr);
}

TEST(ChatCompatibility, LeavesOutWhatAVendorRefusesAndSaysSo) {
    const Fitted fitted = fit(body_of(R"("logit_bias":{"5":1},"store":true,"top_p":0.5,"logprobs":true,"top_logprobs":2,)"),
                              rules_of("groq"));
    EXPECT_EQ(fitted.body, R"({"model":"m","top_p":0.5,"messages":[{"role":"user","content":"Hi"}]})");
    EXPECT_EQ(fitted.omissions, (std::vector<std::string>{"logit_bias", "store", "logprobs", "top_logprobs"}));
}

TEST(ChatCompatibility, LeavesOutNullsAndDefaultsWithoutAWord) {
    const Fitted fitted =
        fit(body_of(R"("logit_bias":null,"store":false,"logprobs":false,"metadata":null,)"), rules_of("groq"));
    EXPECT_EQ(fitted.body, body_of("").replace(body_of("").find("auto"), 4, "m"));
    EXPECT_TRUE(fitted.omissions.empty());
}

TEST(ChatCompatibility, KeepsLogprobsOfAModelThatIsSaidToHaveThem) {
    ChatRules rules = rules_of("together");
    rules.logprobs = true;
    EXPECT_NE(fit(body_of(R"("logprobs":true,)"), rules).body.find(R"("logprobs":true)"), std::string::npos);
    RequestEdits forced;
    forced.force_logprobs = true;
    const std::string body = fit(body_of(R"("logprobs":false,)"), rules_of("together"), forced).body;
    EXPECT_NE(body.find(R"("logprobs":true)"), std::string::npos) << "what the gateway asks for itself is not taken away";
}

TEST(ChatCompatibility, MistralHasItsOwnWords) {
    const Fitted fitted =
        fit(body_of(R"("seed" : 7,"tool_choice":"required","tools":[{"type":"function","function":{"name":"f"}}],"user":"u",)"),
            rules_of("mistral"));
    EXPECT_EQ(fitted.body,
              R"({"model":"m","random_seed":7,"tool_choice":"any","tools":[{"type":"function","function":{"name":"f"}}],)"
              R"("messages":[{"role":"user","content":"Hi"}]})");
    EXPECT_EQ(fitted.omissions, std::vector<std::string>{"user"});
}

TEST(ChatCompatibility, MistralIsNotAskedForUsageThatItReportsAnyway) {
    RequestEdits wanted;
    wanted.force_usage = true;
    const Fitted fitted = fit(body_of(R"("stream":true,"stream_options":{"include_usage":true},)"), rules_of("mistral"), wanted);
    EXPECT_EQ(fitted.body, R"({"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]})");
    EXPECT_TRUE(fitted.omissions.empty()) << "nothing is lost";
    EXPECT_NE(fit(body_of(R"("stream":true,)"), rules_of("groq"), wanted).body.find("include_usage"), std::string::npos);
}

TEST(ChatCompatibility, MistralGetsIdsOfNineLettersAndDigitsThatStillMatch) {
    const auto messages = nlohmann::json::parse(fitted_messages(
        R"([{"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[)"
        R"({"id":"call_a","type":"function","function":{"name":"f","arguments":"{}"}},)"
        R"({"id":"toolu_01VpEm654HvfMoRcrE3Hgdc6","type":"function","function":{"name":"f","arguments":"{ }"}},)"
        R"({"id":"Ab3dEf9hI","type":"function","function":{"name":"f","arguments":""}}]},)"
        R"({"role":"tool","tool_call_id":"toolu_01VpEm654HvfMoRcrE3Hgdc6","content":"1"},)"
        R"({"role":"tool","tool_call_id":"call_\u0061","content":"2"},{"role":"tool","tool_call_id":"Ab3dEf9hI","content":"3"}])",
        "mistral"));
    const auto& calls = messages[1]["tool_calls"];
    for (const auto& call : calls) {
        const std::string id = call["id"];
        EXPECT_EQ(id.size(), 9U) << id;
        EXPECT_TRUE(std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isalnum(c) != 0; })) << id;
    }
    EXPECT_NE(calls[0]["id"], calls[1]["id"]);
    EXPECT_EQ(calls[1]["id"], messages[2]["tool_call_id"]);
    EXPECT_EQ(calls[0]["id"], messages[3]["tool_call_id"]) << "an escape in one place makes no other id";
    EXPECT_EQ(calls[2]["id"], "Ab3dEf9hI") << "its own ids stay";
    EXPECT_EQ(messages[4]["tool_call_id"], "Ab3dEf9hI");
    EXPECT_EQ(calls[1]["function"]["arguments"], "{ }");
}

TEST(ChatCompatibility, OnlyOpenAiIsToldOfDevelopers) {
    const std::string messages = R"([{"role":"developer","content":"a"},{"role":"user","content":"b"}])";
    EXPECT_EQ(fitted_messages(messages, "openai"), messages);
    for (const std::string_view vendor : {"mistral", "groq", "deepseek", "together", "fireworks", "xai", "cohere", "cerebras",
                                          "ollama", "vllm", "llama.cpp"}) {
        EXPECT_EQ(fitted_messages(messages, vendor), R"([{"role":"system","content":"a"},{"role":"user","content":"b"}])")
            << vendor;
    }
}

TEST(ChatCompatibility, GroqIsNotToldWhoSpeaksButWhichToolAnswers) {
    const std::string messages = R"([{"name":"ann","role":"user","content":"a"},{"role":"function","name":"f","content":"b"}])";
    EXPECT_EQ(fitted_messages(messages, "groq"), R"([{"role":"user","content":"a"},{"role":"function","name":"f","content":"b"}])");
}

TEST(ChatCompatibility, ReasoningGoesBackOnlyInTheMemberThatAVendorTakes) {
    const std::string messages =
        R"([{"role":"user","content":"a"},{"role":"assistant","reasoning":"r","content":"b","reasoning_content":"c",)"
        R"("reasoning_details":[{"type":"reasoning.text","text":"d"}]}])";
    const std::string head = R"([{"role":"user","content":"a"},{"role":"assistant",)";
    for (const std::string_view vendor : {"openai", "mistral", "groq", "together", "xai", "cohere", "cerebras"}) {
        EXPECT_EQ(fitted_messages(messages, vendor), head + R"("content":"b"}])") << vendor;
    }
    for (const std::string_view vendor : {"deepseek", "fireworks", "llama.cpp"}) {
        EXPECT_EQ(fitted_messages(messages, vendor), head + R"("content":"b","reasoning_content":"c"}])") << vendor;
    }
    for (const std::string_view vendor : {"ollama", "vllm"}) {
        EXPECT_EQ(fitted_messages(messages, vendor), head + R"("reasoning":"r","content":"b"}])") << vendor;
    }
}

TEST(ChatCompatibility, DeepSeekNeverMissesTheReasoningOfATurnWithToolCalls) {
    const std::string call = R"("tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}])";
    const std::string before = R"([{"role":"user","content":"a"},{"role":"assistant",)" + call;
    const std::string after = R"({"role":"tool","tool_call_id":"c","content":"1"},{"role":"assistant","content":"b"}])";
    EXPECT_EQ(fitted_messages(before + "}," + after, "deepseek"), before + R"(,"reasoning_content":""},)" + after);
    EXPECT_EQ(fitted_messages(before + R"(,"reasoning_content":null},)" + after, "deepseek"),
              before + R"(,"reasoning_content":""},)" + after);
    EXPECT_EQ(fitted_messages(before + R"(,"reasoning_content":"r"},)" + after, "deepseek"),
              before + R"(,"reasoning_content":"r"},)" + after);
}

TEST(ChatCompatibility, DeepSeekIsToldNotToThinkInItsOwnWay) {
    const ChatRules rules = rules_of("deepseek");
    EXPECT_EQ(fit(R"({"reasoning_effort":"none","model":"auto","messages":[{"role":"user","content":"a"}]})", rules).body,
              R"({"thinking":{"type":"disabled"},"model":"m","messages":[{"role":"user","content":"a"}]})");
    EXPECT_EQ(fit(body_of(R"("thinking":{"type":"enabled"},"reasoning_effort":"none",)"), rules).body,
              R"({"model":"m","thinking":{"type":"enabled"},"messages":[{"role":"user","content":"Hi"}]})")
        << "what the request says in the vendor's own words counts";
}

TEST(OutputLimit, IsWrittenUnderTheNameThatIsRead) {
    struct Case {
        std::string name;
        std::string members;
        std::string_view taken;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"older to newer", R"("max_tokens": 5,)", "max_completion_tokens", R"("max_completion_tokens":5,)"},
        {"newer to older", R"("max_completion_tokens":5,)", "max_tokens", R"("max_tokens":5,)"},
        {"right already", R"("max_tokens":5,)", "max_tokens", R"("max_tokens":5,)"},
        {"both", R"("max_tokens":5,"max_completion_tokens":6,)", "max_tokens", R"("max_tokens":5,)"},
        {"null where it is read", R"("max_tokens":null,"max_completion_tokens":6,)", "max_tokens", R"("max_tokens":6,)"},
        {"null where it is not", R"("max_tokens":5,"max_completion_tokens":null,)", "max_tokens", R"("max_tokens":5,)"},
        {"nobody knows", R"("max_tokens":5,)", "", R"("max_tokens":5,)"},
        {"none", "", "max_tokens", ""},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.name);
        ChatRules rules;
        rules.output_limit = each.taken;
        const Fitted fitted = fit(body_of(each.members), rules);
        EXPECT_EQ(fitted.body, R"({"model":"m",)" + each.expected + R"("messages":[{"role":"user","content":"Hi"}]})");
        EXPECT_TRUE(fitted.omissions.empty());
    }
}

TEST(OutputLimit, OfTheGatewayTakesThePlaceOfNulls) {
    ChatRules rules;
    rules.output_limit = "max_completion_tokens";
    RequestEdits wanted;
    wanted.output_limit = R"("max_completion_tokens":99)";
    for (const std::string members : {"", R"("max_tokens":null,)", R"("max_completion_tokens":null,"max_tokens":null,)"}) {
        const auto body = nlohmann::json::parse(fit(body_of(members), rules, wanted).body);
        EXPECT_EQ(body["max_completion_tokens"], 99) << members;
        EXPECT_FALSE(body.contains("max_tokens")) << members;
    }
}

TEST(Sampling, IsLeftOutForModelsThatTakeNone) {
    ChatRules rules;
    rules.sampling = false;
    const Fitted fitted =
        fit(body_of(R"("temperature":0.2,"top_p":1,"presence_penalty":0.5,"frequency_penalty":0,"stop":["x"],)"), rules);
    EXPECT_EQ(fitted.body, R"({"model":"m","stop":["x"],"messages":[{"role":"user","content":"Hi"}]})");
    EXPECT_EQ(fitted.omissions, (std::vector<std::string>{"temperature", "presence_penalty"})) << "defaults are no loss";
}

std::string effort_in(const Fitted& fitted) {
    return nlohmann::json::parse(fitted.body).value("reasoning_effort", "-");
}

TEST(ReasoningEffort, BecomesTheNearestWordThatTheModelTakes) {
    ChatRules rules;
    rules.efforts = {Effort::Low, Effort::Medium, Effort::High};
    for (const auto& [asked, told] : std::vector<std::pair<std::string, std::string>>{
             {"low", "low"}, {"minimal", "low"}, {"max", "high"}, {"none", "low"}}) {
        const Fitted fitted = fit(body_of(R"("reasoning_effort":")" + asked + "\","), rules);
        EXPECT_EQ(effort_in(fitted), told) << asked;
        EXPECT_TRUE(fitted.omissions.empty()) << asked;
    }
    EXPECT_EQ(effort_in(fit(body_of(R"("reasoning_effort":"default",)"), rules)), "default") << "a word of the vendor's own";
    EXPECT_EQ(effort_in(fit(body_of(""), rules)), "-") << "nothing is said that nobody asked for";
}

TEST(ReasoningEffort, IsLeftOutForModelsThatTakeNone) {
    ChatRules rules;
    rules.effort = false;
    const Fitted fitted = fit(body_of(R"("reasoning_effort":"high",)"), rules);
    EXPECT_EQ(effort_in(fitted), "-");
    EXPECT_EQ(fitted.omissions, std::vector<std::string>{"reasoning_effort"});
    rules.effort_default = Effort::Low;
    EXPECT_EQ(effort_in(fit(body_of(""), rules)), "-");
}

TEST(ReasoningEffort, OfTheGatewayStandsInForOneThatIsNotStated) {
    ChatRules rules;
    rules.effort_default = Effort::Low;
    EXPECT_EQ(effort_in(fit(body_of(""), rules)), "low");
    EXPECT_EQ(effort_in(fit(body_of(R"("reasoning_effort":null,)"), rules)), "low");
    EXPECT_EQ(effort_in(fit(body_of(R"("reasoning_effort":"high",)"), rules)), "high");
    rules.effort_forced = true;
    EXPECT_EQ(effort_in(fit(body_of(R"("reasoning_effort":"high",)"), rules)), "low");
    EXPECT_EQ(effort_in(fit(body_of(R"("reasoning_effort":"default",)"), rules)), "low");
    rules.efforts = {Effort::High};
    EXPECT_EQ(effort_in(fit(body_of(""), rules)), "high");
}

TEST(ReasoningEffort, IsNoneWhereToolsExcludeThinking) {
    ChatRules rules;
    rules.tools_without_thinking = true;
    const std::string tools = R"("tools":[{"type":"function","function":{"name":"f"}}],)";
    EXPECT_EQ(effort_in(fit(body_of(""), rules)), "-");
    EXPECT_EQ(effort_in(fit(body_of(tools), rules)), "none");
    const Fitted fitted = fit(body_of(tools + R"("reasoning_effort":"high",)"), rules);
    EXPECT_EQ(effort_in(fitted), "none");
    EXPECT_EQ(fitted.omissions, std::vector<std::string>{"reasoning_effort"});
}

std::string plain(const std::string& body) {
    const Document document(body);
    wire::Edits edits;
    std::list<std::string> texts;
    edit_content_parts(document.root(), edits, texts);
    return edited(document.text(), edits);
}

TEST(ContentParts, BecomeAStringAndTheThoughtBesideIt) {
    EXPECT_TRUE(find_chat_compatibility("mistral")->content_parts);
    EXPECT_EQ(plain(R"({"choices":[{"index":0,"message":{"role":"assistant","content":[)"
                    R"({"type":"thinking","thinking":[{"type":"text","text":"2+\u0032"},{"type":"text","text":" is"}]},)"
                    R"({"type":"text","text":"fo"},{"type":"text","text":"ur"}]}}]})"),
              R"({"choices":[{"index":0,"message":{"role":"assistant","content":"four","reasoning_content":"2+2 is"}}]})");
    EXPECT_EQ(plain(R"({"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}}]})"),
              R"({"choices":[{"delta":{"content":null,"reasoning_content":"hm"}}]})");
    EXPECT_EQ(plain(R"({"choices":[{"delta":{"content":[]}}]})"), R"({"choices":[{"delta":{"content":null}}]})");
    for (const std::string same : {R"({"choices":[{"delta":{"content":"x"}},{"message":{"content":null}},7]})", "{}", "[]"}) {
        EXPECT_EQ(plain(same), same);
    }
}

TEST(ChatCompatibility, SurvivesMembersOfEveryKind) {
    for (const std::string value : {"null", "true", "0", "-1.5e3", "\"\"", "\"\\ud83d\\ude00\"", "[]", "[1]", "{}", R"({"a":[{}]})"}) {
        const std::string messages = R"([{"role":"user","content":"a"},{"role":"assistant","content":"b","name":)" + value +
                                     R"(,"tool_calls":)" + value + R"(,"reasoning_content":)" + value + R"(,"reasoning":)" + value +
                                     R"(,"tool_call_id":)" + value + "}]";
        const std::string members = R"("seed":)" + value + R"(,"tool_choice":)" + value + R"(,"reasoning_effort":)" + value +
                                    R"(,"temperature":)" + value + R"(,"thinking":)" + value + ",";
        for (const std::string_view vendor : {"openai", "mistral", "groq", "deepseek", "together", "fireworks", "xai", "cohere",
                                              "cerebras", "ollama", "vllm", "llama.cpp"}) {
            SCOPED_TRACE(std::string(vendor) + " " + value);
            ChatRules rules = rules_of(vendor);
            rules.sampling = false;
            rules.efforts = {Effort::Low};
            rules.effort_default = Effort::Low;
            fit(body_of(members, messages), rules);
        }
    }
}

TEST(ChatCompatibility, HoldsForMembersThatStandTwiceInAMessage) {
    EXPECT_EQ(fitted_messages(R"([{"name":"a","role":"user","name":"b","content":"c"}])", "groq"),
              R"([{"role":"user","content":"c"}])");
}

}  // namespace
}  // namespace tierway::dialect
