#include "document.hpp"
#include "provider_samples.hpp"
#include "tierway/dialect/chat_stream.hpp"

namespace tierway::dialect {
namespace {

using Json = nlohmann::json;

std::string edit(const std::string& body, const AnswerEdits& wanted) {
    const Document document(body);
    wire::Edits edits;
    edit_answer(document.root(), wanted, edits);
    return edited(document.text(), edits);
}

Json expected(const std::string& body, const AnswerEdits& wanted) {
    Json json = Json::parse(body);
    if (!wanted.model.empty()) {
        json["model"] = Json::parse(wanted.model);
    }
    if (wanted.strip_usage) {
        json.erase("usage");
    }
    if (wanted.strip_logprobs && json.contains("choices")) {
        for (Json& choice : json["choices"]) {
            if (choice.contains("logprobs")) {
                choice["logprobs"] = nullptr;
            }
        }
    }
    return json;
}

TEST(EditAnswer, ChangesNothingButWhatWasAsked) {
    std::vector<std::pair<std::string, std::string>> bodies;
    for (const WholeSample& sample : whole_samples()) {
        bodies.emplace_back(sample.name, sample.body);
    }
    for (const StreamSample& sample : stream_samples()) {
        for (const std::string& event : sample.events) {
            bodies.emplace_back(sample.name + ": " + event, event);
        }
    }
    for (const auto& [name, body] : bodies) {
        for (const std::string_view model : {std::string_view(), std::string_view(R"("onprem/qwen3-8b \"x\"")")}) {
            for (const auto& [usage, logprobs] : {std::pair(false, false), {true, false}, {false, true}, {true, true}}) {
                SCOPED_TRACE(name + (usage ? " -usage" : "") + (logprobs ? " -logprobs" : ""));
                const AnswerEdits wanted{.model = model, .strip_usage = usage, .strip_logprobs = logprobs};
                EXPECT_EQ(Json::parse(edit(body, wanted)), expected(body, wanted));
            }
        }
    }
}

TEST(EditAnswer, WritesExactlyTheseBytes) {
    const AnswerEdits all{.model = R"("p/m")", .strip_usage = true, .strip_logprobs = true};
    const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
        {"usage first", R"({"usage":null,"model":"a","choices":[]})", R"({"model":"p/m","choices":[]})"},
        {"usage last", R"({ "model" : "a" , "choices":[] , "usage" : {"x":[1,{}]} })", R"({ "model" : "p/m" , "choices":[] })"},
        {"usage alone", R"({"usage":{}})", R"({"model":"p/m"})"},
        {"no model", R"({"choices":[],"usage":null})", R"({"choices":[],"model":"p/m"})"},
        {"no model, usage first", R"({"usage":null,"choices":[]})", R"({"choices":[],"model":"p/m"})"},
        {"empty object", R"({})", R"({"model":"p/m"})"},
        {"model not a string", R"({"model":null})", R"({"model":"p/m"})"},
        {"logprobs", R"({"choices":[{"logprobs":{"content":[]},"index":0},{"logprobs": null},{"index":2},7],"model":""})",
         R"({"choices":[{"logprobs":null,"index":0},{"logprobs": null},{"index":2},7],"model":"p/m"})"},
        {"what only looks alike",
         R"({"Model":"a","choices":[{"delta":{"model":1,"usage":2,"logprobs":3}}],"x":{"usage":1},"model":"a"})",
         R"({"Model":"a","choices":[{"delta":{"model":1,"usage":2,"logprobs":3}}],"x":{"usage":1},"model":"p/m"})"},
        {"escaped keys", R"({"\u006dodel":"a","us\u0061ge":1,"choices":[{"log\u0070robs":1}]})",
         R"({"\u006dodel":"p/m","choices":[{"log\u0070robs":null}]})"},
        {"no object", R"([1])", R"([1])"},
    };
    for (const auto& [name, before, after] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(edit(before, all), after);
    }
}

TEST(EditAnswer, LeavesRoomForAnotherMember) {
    for (const std::string body : {R"({"usage":null})", R"({"model":"a","usage":null})", "{}", R"({"choices":[]})"}) {
        SCOPED_TRACE(body);
        const Document document(body);
        wire::Edits edits;
        edit_answer(document.root(), {.model = R"("p/m")", .strip_usage = true}, edits);
        edits.append_member(document.root(), R"("tierway":{})");
        const Json json = Json::parse(edited(document.text(), edits));
        EXPECT_EQ(json["model"], "p/m");
        EXPECT_EQ(json["tierway"], Json::object());
        EXPECT_FALSE(json.contains("usage"));
    }
}

}  // namespace
}  // namespace tierway::dialect
