#include "dialect/anthropic/talk.hpp"

namespace tierway::dialect::anthropic {
namespace {

ModelRules old_model() {
    ModelRules rules;
    rules.model = "claude-sonnet-4-5";
    rules.adaptive_thinking = false;
    return rules;
}

ModelRules new_model() {
    ModelRules rules;
    rules.model = "claude-opus-5-5";
    rules.sampling = false;
    rules.system_mid_conversation = true;
    return rules;
}

/// A question, a call, its result: the model is to go on.
Conversation tool_loop(std::vector<Part> before_call = {}) {
    Conversation conversation = question("Weather?");
    before_call.push_back(call_part("call_1", "weather", R"({"city":"Köln"})"));
    conversation.turns.push_back({Role::Assistant, std::move(before_call)});
    conversation.turns.push_back({Role::Tool, {result_part("call_1", "rain")}});
    conversation.tools.push_back({"weather", "", R"({"type":"object"})", {}, false, {}, {}});
    conversation.output_tokens_max = 20'000;
    return conversation;
}

Error refusal(const Conversation& conversation) {
    Omissions omissions;
    const Result<std::string> body = write_request(conversation, old_model(), omissions);
    EXPECT_FALSE(body);
    return body ? Error{} : body.error();
}

TEST(AnthropicProvider, WritesTheModelALimitAndTheMessages) {
    EXPECT_EQ(written(question(), old_model()),
              Json::parse(R"({"model":"claude-sonnet-4-5","max_tokens":4096,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]})"));
    Conversation limited = question();
    limited.output_tokens_max = 7;
    limited.stream = true;
    const Json body = written(limited, old_model());
    EXPECT_EQ(body["max_tokens"], 7);
    EXPECT_EQ(body["stream"], true);
}

TEST(AnthropicProvider, MergesWhatIsSaidBetweenTwoAnswersWithResultsFirst) {
    Conversation conversation = question("Weather?");
    conversation.turns[0].parts[0].cache_control = R"({"type":"ephemeral"})";
    conversation.turns.push_back({Role::Assistant, {text_part(""), text_part("Let me see.")}});
    conversation.turns.push_back({Role::Assistant, {call_part("call_1", "weather", R"({"city": "Köln"})"), call_part("call_2", "time", " ")}});
    conversation.turns.push_back({Role::User, {text_part("Quick!")}});
    conversation.turns.push_back({Role::Tool, {result_part("call_1", "rain"), result_part("call_2", "")}});
    std::get<ToolResultPart>(conversation.turns.back().parts[1].value).is_error = true;
    conversation.turns.push_back({Role::User, {text_part("And?")}});
    EXPECT_EQ(written(conversation, old_model())["messages"], Json::parse(R"([
        {"role":"user","content":[{"type":"text","text":"Weather?","cache_control":{"type":"ephemeral"}}]},
        {"role":"assistant","content":[{"type":"text","text":"Let me see."},{"type":"tool_use","id":"call_1","name":"weather","input":{"city":"Köln"}},
          {"type":"tool_use","id":"call_2","name":"time","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"rain"}]},
          {"type":"tool_result","tool_use_id":"call_2","is_error":true},{"type":"text","text":"Quick!"},{"type":"text","text":"And?"}]}])"));
}

TEST(AnthropicProvider, KeepsArgumentsByteForByteAndMakesAnObjectOfWhatIsNone) {
    Conversation conversation = tool_loop();
    auto& call = std::get<ToolCallPart>(conversation.turns[1].parts[0].value);
    Omissions omissions;
    call.arguments = R"({"b": 1.0,  "a":"é"})";
    EXPECT_NE(write_request(conversation, old_model(), omissions)->find(R"("input":{"b": 1.0,  "a":"é"}})"), std::string::npos);
    const auto input = [&](std::string arguments) {
        call.arguments = std::move(arguments);
        return written(conversation, old_model())["messages"][1]["content"][0]["input"].dump();
    };
    EXPECT_EQ(input(""), "{}");
    EXPECT_EQ(input("\n "), "{}");
    EXPECT_EQ(input(R"({"a":)"), R"({"arguments":"{\"a\":"})");
    EXPECT_EQ(input("[1]"), R"({"arguments":"[1]"})");
    EXPECT_EQ(input(std::string(200, '[') + std::string(200, ']')).substr(0, 14), R"({"arguments":")") << "too deep to be trusted";
    call.custom = true;
    EXPECT_EQ(input("free"), R"({"input":"free"})");
}

TEST(AnthropicProvider, ReplacesIdsThatTheApiRefusesInTheCallAndInItsResult) {
    Conversation conversation = tool_loop();
    std::get<ToolCallPart>(conversation.turns[1].parts[0].value).id = "functions.weather:0";
    std::get<ToolResultPart>(conversation.turns[2].parts[0].value).call_id = "functions.weather:0";
    const Json messages = written(conversation, old_model())["messages"];
    const std::string id = messages[1]["content"][0]["id"];
    EXPECT_EQ(id.substr(0, 6), "toolu_");
    EXPECT_EQ(id.size(), 38U);
    EXPECT_EQ(messages[2]["content"][0]["tool_use_id"], id);
}

TEST(AnthropicProvider, PutsInstructionsWhereTheModelTakesThem) {
    Conversation conversation = question();
    conversation.turns.insert(conversation.turns.begin(), {{Role::System, {text_part("A")}}, {Role::System, {text_part("B")}}});
    conversation.turns[1].parts[0].cache_control = R"({"type":"ephemeral"})";
    conversation.turns.push_back({Role::Assistant, {text_part("Hello.")}});
    conversation.turns.push_back({Role::System, {text_part("C")}});
    conversation.turns.push_back({Role::User, {text_part("Go on.")}});
    const Json old_body = written(conversation, old_model());
    EXPECT_EQ(old_body["system"], Json::parse(R"([{"type":"text","text":"A"},{"type":"text","text":"B","cache_control":{"type":"ephemeral"}}])"));
    EXPECT_EQ(old_body["messages"][2],
              Json::parse(R"({"role":"user","content":[{"type":"text","text":"C"},{"type":"text","text":"Go on."}]})"));
    const Json new_body = written(conversation, new_model());
    EXPECT_EQ(new_body["messages"][2], Json::parse(R"({"role":"system","content":[{"type":"text","text":"C"}]})"));
    Conversation loop = tool_loop();
    loop.turns.insert(loop.turns.begin() + 2, {Role::System, {text_part("C")}});
    const Json messages = written(loop, new_model())["messages"];
    ASSERT_EQ(messages.size(), 3U) << "nothing comes between a call and its result";
    EXPECT_EQ(messages[2]["content"][0]["type"], "tool_result");
    EXPECT_EQ(messages[2]["content"][1]["text"], "C");
}

TEST(AnthropicProvider, WritesImagesAndFiles) {
    Conversation conversation = question();
    MediaPart image;
    image.media_type = "image/jpeg";
    image.data = "/9j/";
    MediaPart address;
    address.url = "https://example.com/a.png";
    MediaPart file;
    file.kind = MediaPart::Kind::File;
    file.media_type = "application/pdf";
    file.data = "JVBE";
    file.filename = "a.pdf";
    for (const MediaPart& media : {image, address, file}) {
        conversation.turns[0].parts.push_back({media, {}});
    }
    EXPECT_EQ(written(conversation, old_model())["messages"][0]["content"], Json::parse(R"([{"type":"text","text":"Hi"},
        {"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/"}},
        {"type":"image","source":{"type":"url","url":"https://example.com/a.png"}},
        {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBE"},"title":"a.pdf"}])"));
}

TEST(AnthropicProvider, WritesToolsAndTheirChoice) {
    Conversation conversation = question();
    conversation.tools.push_back({"a", "d", R"({"type":"object","properties":{}})", true, false, {}, R"({"type":"ephemeral"})"});
    conversation.tools.push_back({"b", "", "", false, false, {}, {}});
    conversation.tools.push_back({"c", "", R"({"properties":{}})", {}, false, {}, {}});
    conversation.tools.push_back({"d", "", "{}", {}, false, {}, {}});
    EXPECT_EQ(written(conversation, old_model())["tools"], Json::parse(R"([
        {"name":"a","description":"d","input_schema":{"type":"object","properties":{}},"strict":true,"cache_control":{"type":"ephemeral"}},
        {"name":"b","input_schema":{"type":"object"}},{"name":"c","input_schema":{"type":"object","properties":{}}},
        {"name":"d","input_schema":{"type":"object"}}])"));
    EXPECT_FALSE(written(conversation, old_model()).contains("tool_choice"));
    const auto choice = [&](ToolChoice::Mode mode, std::optional<bool> parallel = {}) {
        conversation.tool_choice = {mode, mode == ToolChoice::Mode::Named ? "a" : ""};
        conversation.parallel_tool_calls = parallel;
        return written(conversation, old_model())["tool_choice"].dump();
    };
    EXPECT_EQ(choice(ToolChoice::Mode::Auto), R"({"type":"auto"})");
    EXPECT_EQ(choice(ToolChoice::Mode::None, false), R"({"type":"none"})");
    EXPECT_EQ(choice(ToolChoice::Mode::Required), R"({"type":"any"})");
    EXPECT_EQ(choice(ToolChoice::Mode::Named, true), R"({"type":"tool","name":"a"})");
    EXPECT_EQ(choice(ToolChoice::Mode::Unstated, false), R"({"type":"auto","disable_parallel_tool_use":true})");
    conversation.tools.clear();
    EXPECT_FALSE(written(conversation, old_model()).contains("tool_choice"));
}

TEST(AnthropicProvider, SaysHowMuchToThinkInTheModelsOwnWords) {
    struct Case {
        std::string effort;
        std::optional<std::int64_t> budget;
        std::string adaptive;
        std::string effort_written;
        std::int64_t budget_written;  ///< 0: thinking is not on.
    };
    const std::vector<Case> cases = {
        {"minimal", {}, "adaptive", "low", 1'024},   {"low", {}, "adaptive", "low", 1'024},    {"medium", {}, "adaptive", "medium", 4'096},
        {"high", {}, "adaptive", "high", 16'384},    {"xhigh", {}, "adaptive", "xhigh", 32'768}, {"max", {}, "adaptive", "max", 32'768},
        {"none", {}, "disabled", "", 0},             {"", 2'000, "adaptive", "low", 2'000},    {"", 8'000, "adaptive", "medium", 8'000},
        {"", 30'000, "adaptive", "high", 30'000},    {"low", 5'000, "adaptive", "low", 5'000},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.effort + " " + std::to_string(each.budget.value_or(0)));
        Conversation conversation = question();
        conversation.output_tokens_max = 64'000;
        conversation.thinking.effort = each.effort;
        conversation.thinking.budget_tokens = each.budget;
        const Json new_body = written(conversation, new_model());
        EXPECT_EQ(new_body["thinking"]["type"], each.adaptive);
        EXPECT_EQ(new_body.contains("output_config") ? new_body["output_config"]["effort"] : Json(""), each.effort_written);
        const Json old_body = written(conversation, old_model());
        EXPECT_EQ(old_body["thinking"]["type"], each.budget_written > 0 ? "enabled" : "disabled");
        EXPECT_EQ(old_body["thinking"].value("budget_tokens", 0), each.budget_written);
    }
    EXPECT_FALSE(written(question(), new_model()).contains("thinking"));
    Conversation shown = question();
    shown.thinking = {"high", {}, "auto"};
    EXPECT_EQ(written(shown, new_model())["thinking"], Json::parse(R"({"type":"adaptive","display":"summarized"})"));
}

TEST(AnthropicProvider, GivesThinkingNoMoreThanTheAnswerMayHave) {
    const auto budget = [](std::int64_t limit, Omissions& omissions) {
        Conversation conversation = question();
        conversation.output_tokens_max = limit;
        conversation.thinking.effort = "medium";
        return written(conversation, old_model(), &omissions).value("thinking", Json::object()).value("budget_tokens", 0);
    };
    Omissions none;
    EXPECT_EQ(budget(4'097, none), 4'096);
    EXPECT_EQ(budget(4'096, none), 2'048);
    EXPECT_EQ(budget(2'048, none), 1'024);
    EXPECT_TRUE(none.empty());
    Omissions omissions;
    EXPECT_EQ(budget(2'047, omissions), 0);
    EXPECT_EQ(omissions, Omissions{"reasoning_effort"});
}

TEST(AnthropicProvider, LeavesThinkingOutWhereTheApiRefusesIt) {
    const auto omitted = [](Conversation conversation, const ModelRules& rules) {
        conversation.thinking.effort = "low";
        Omissions omissions;
        const Json body = written(conversation, rules, &omissions);
        EXPECT_EQ(body.contains("thinking"), omissions.empty());
        return !body.contains("thinking");
    };
    const Part sealed = reasoning_part("Hm.", "EqQB", Origin::Anthropic);
    EXPECT_TRUE(omitted(tool_loop(), old_model())) << "the loop began without thinking";
    EXPECT_FALSE(omitted(tool_loop({sealed}), old_model()));
    EXPECT_TRUE(omitted(tool_loop({text_part("x"), sealed}), old_model())) << "it has to come first";
    EXPECT_TRUE(omitted(tool_loop({reasoning_part("Hm.", "abc", Origin::Gemini)}), old_model()));
    EXPECT_FALSE(omitted(tool_loop(), new_model()));

    Conversation two_steps = tool_loop({sealed});
    two_steps.turns.push_back({Role::Assistant, {call_part("call_2", "weather", "{}")}});
    two_steps.turns.push_back({Role::Tool, {result_part("call_2", "sun")}});
    EXPECT_FALSE(omitted(two_steps, old_model())) << "a later step of the loop need not think again";

    Conversation over = tool_loop();
    over.turns.push_back({Role::Assistant, {text_part("Rain.")}});
    over.turns.push_back({Role::User, {text_part("Thanks.")}});
    EXPECT_FALSE(omitted(over, old_model())) << "the loop is over";

    Conversation begun = question();
    begun.output_tokens_max = 20'000;
    begun.turns.push_back({Role::Assistant, {text_part("The answer is")}});
    EXPECT_TRUE(omitted(begun, old_model()));
    EXPECT_EQ(written(begun, old_model())["messages"][1]["content"][0]["text"], "The answer is");

    Conversation forced = tool_loop({sealed});
    forced.tool_choice.mode = ToolChoice::Mode::Required;
    EXPECT_TRUE(omitted(forced, old_model()));
    EXPECT_TRUE(omitted(forced, new_model()));
    ModelRules thoughtless = old_model();
    thoughtless.thinks = false;
    EXPECT_TRUE(omitted(question(), thoughtless));
}

TEST(AnthropicProvider, WritesBackOnlyWhatItsOwnFamilySealed) {
    Conversation conversation = tool_loop({reasoning_part("mine", "EqQB", Origin::Anthropic), reasoning_part("", "Emwk", Origin::Anthropic, true),
                                           reasoning_part("theirs", "abc", Origin::OpenAi), reasoning_part("bare", "", Origin::Anthropic),
                                           reasoning_part("deep", "", Origin::DeepSeek)});
    conversation.thinking.effort = "low";
    EXPECT_EQ(written(conversation, old_model())["messages"][1]["content"], Json::parse(R"([
        {"type":"thinking","thinking":"mine","signature":"EqQB"},{"type":"redacted_thinking","data":"Emwk"},
        {"type":"tool_use","id":"call_1","name":"weather","input":{"city":"Köln"}}])"));
    conversation.thinking.effort = "";
    EXPECT_EQ(written(conversation, old_model())["messages"][1]["content"].size(), 1U) << "refused when thinking is off";
    EXPECT_EQ(written(conversation, new_model())["messages"][1]["content"].size(), 3U) << "needed by models that decide themselves";
    conversation.thinking.effort = "none";
    EXPECT_EQ(written(conversation, new_model())["messages"][1]["content"].size(), 1U);
}

TEST(AnthropicProvider, EndsNoAnswerWithThought) {
    Conversation conversation = question();
    conversation.turns.push_back({Role::Assistant, {reasoning_part("mine", "EqQB", Origin::Anthropic)}});
    conversation.turns.push_back({Role::User, {text_part("Well?")}});
    conversation.turns.push_back({Role::Assistant, {text_part("So."), reasoning_part("mine", "EqQB", Origin::Anthropic)}});
    conversation.turns.push_back({Role::User, {text_part("And?")}});
    EXPECT_EQ(written(conversation, new_model())["messages"], Json::parse(R"([
        {"role":"user","content":[{"type":"text","text":"Hi"},{"type":"text","text":"Well?"}]},
        {"role":"assistant","content":[{"type":"text","text":"So."}]},{"role":"user","content":[{"type":"text","text":"And?"}]}])"));
}

TEST(AnthropicProvider, WritesSamplingOnlyWhereItIsTaken) {
    Conversation conversation = question();
    conversation.output_tokens_max = 9'000;
    conversation.temperature = 1.5;
    conversation.top_k = 5;
    Omissions omissions;
    Json body = written(conversation, old_model(), &omissions);
    EXPECT_EQ(body["temperature"], 1.0) << "the API goes no further";
    EXPECT_EQ(body["top_k"], 5);
    EXPECT_TRUE(omissions.empty());
    conversation.top_p = 0.5;
    body = written(conversation, old_model(), &omissions);
    EXPECT_FALSE(body.contains("top_p")) << "models refuse both";
    EXPECT_EQ(omissions, Omissions{"top_p"});
    conversation.temperature.reset();
    EXPECT_EQ(written(conversation, old_model())["top_p"], 0.5);
    conversation.temperature = 0.2;
    omissions.clear();
    body = written(conversation, new_model(), &omissions);
    EXPECT_EQ(omissions, (Omissions{"temperature", "top_p", "top_k"}));
    EXPECT_FALSE(body.contains("temperature") || body.contains("top_p") || body.contains("top_k"));
    omissions.clear();
    conversation.thinking.effort = "low";
    EXPECT_FALSE(written(conversation, old_model(), &omissions).contains("temperature")) << "not while it thinks";
    EXPECT_EQ(omissions, (Omissions{"temperature", "top_p", "top_k"}));
}

TEST(AnthropicProvider, SaysInWhatFormTheAnswerIsWanted) {
    Conversation conversation = question();
    conversation.format.kind = OutputFormat::Kind::JsonObject;
    EXPECT_NE(written(conversation, old_model())["system"][0]["text"].get<std::string>().find("JSON object"), std::string::npos);
    conversation.format = {OutputFormat::Kind::JsonSchema, "x", "", R"({"type":"object"})", {}};
    EXPECT_EQ(written(conversation, old_model())["output_config"],
              Json::parse(R"({"format":{"type":"json_schema","schema":{"type":"object"}}})"));
}

TEST(AnthropicProvider, WritesWhoAsksAndInWhichLane) {
    Conversation conversation = question();
    conversation.user = "u1";
    conversation.service_tier = "default";
    conversation.stop = {"END"};
    conversation.prompt_cache_key = "k";
    const Json body = written(conversation, old_model());
    EXPECT_EQ(body["metadata"], Json::parse(R"({"user_id":"u1"})"));
    EXPECT_EQ(body["service_tier"], "standard_only");
    EXPECT_EQ(body["stop_sequences"], Json::parse(R"(["END"])"));
    EXPECT_EQ(body["cache_control"], Json::parse(R"({"type":"ephemeral"})"));
    conversation.turns[0].parts[0].cache_control = R"({"type":"ephemeral"})";
    EXPECT_FALSE(written(conversation, old_model()).contains("cache_control")) << "the request marks itself what to cache";
    conversation.service_tier = "auto";
    EXPECT_EQ(written(conversation, old_model())["service_tier"], "auto");
}

TEST(AnthropicProvider, TellsWhatItLeavesOut) {
    Conversation conversation = question();
    conversation.presence_penalty = 0;
    conversation.frequency_penalty = 0.5;
    conversation.seed = 1;
    conversation.logprobs = true;
    conversation.logit_bias = "{}";
    conversation.verbosity = "low";
    conversation.metadata = "{}";
    conversation.store = true;
    conversation.service_tier = "flex";
    conversation.thinking.effort = "enormous";
    Omissions omissions;
    written(conversation, old_model(), &omissions);
    EXPECT_EQ(omissions, (Omissions{"service_tier", "reasoning_effort", "frequency_penalty", "seed", "logprobs", "logit_bias",
                                    "verbosity", "metadata", "store"}));
    conversation = question();
    conversation.store = false;
    omissions.clear();
    written(conversation, old_model(), &omissions);
    EXPECT_TRUE(omissions.empty()) << "nothing is stored here anyway";
}

TEST(AnthropicProvider, RefusesWhatItMustNotLeaveOut) {
    std::vector<std::pair<std::string, Conversation>> cases(9, {"messages", question()});
    MediaPart sound;
    sound.kind = MediaPart::Kind::Audio;
    sound.data = "UklG";
    cases[0].second.turns[0].parts.push_back({sound, {}});
    MediaPart file;
    file.kind = MediaPart::Kind::File;
    file.file_id = "file_1";
    cases[1].second.turns[0].parts.push_back({file, {}});
    file.file_id.clear();
    file.data = "UEsD";
    file.media_type = "application/zip";
    cases[2].second.turns[0].parts.push_back({file, {}});
    MediaPart image;
    image.url = "https://example.com/a.png";
    cases[3].second.turns.push_back({Role::Assistant, {{image, {}}}});
    cases[4] = {"n", question()};
    cases[4].second.choices = 2;
    cases[5] = {"tools", question()};
    cases[5].second.tools.push_back({"patch", "", "", {}, true, {}, {}});
    cases[6] = {"stop", question()};
    cases[6].second.stop = {"\n"};
    ToolResultPart result;
    result.call_id = "a";
    result.content.push_back({sound, {}});
    cases[7].second.turns.push_back({Role::Tool, {{result, {}}}});
    cases[8] = {"web_search_options", question()};
    cases[8].second.only_native = "web_search_options";
    for (const auto& [param, conversation] : cases) {
        const Error error = refusal(conversation);
        EXPECT_EQ(error.kind(), ErrorKind::InvalidRequest);
        EXPECT_EQ(error.code(), "unsupported_parameter") << error.message();
        EXPECT_EQ(error.param(), param);
    }
    EXPECT_EQ(refusal(question("")).code(), "invalid_value") << "nothing is said";
    EXPECT_EQ(refusal(Conversation{}).param(), "messages");
}

}  // namespace
}  // namespace tierway::dialect::anthropic
