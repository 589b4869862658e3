#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "../document.hpp"
#include "hostile.hpp"
#include "tierway/dialect/error_body.hpp"
#include "tierway/dialect/responses.hpp"

namespace tierway::dialect::responses {
namespace {

using Json = nlohmann::json;

Result<Reply> read(const Json& body) {
    const Document document(body.dump());
    return read_reply(document.root(), "p");
}

Json response(Json output, Json members = Json::object()) {
    members["output"] = output.is_null() ? Json::array() : std::move(output);
    members.emplace("status", "completed");
    return members;
}

Json written(const Reply& reply, const Echo& echo = {}) {
    return Json::parse(write_reply(reply, "resp_1", "small", echo));
}

Reply reply_of(std::vector<Part> parts, FinishReason reason = FinishReason::Stop) {
    Reply reply;
    reply.choices.push_back({std::move(parts), reason, {}, {}});
    return reply;
}

TEST(ResponsesReply, ThatFailedIsTheProvidersError) {
    const auto limited =
        read(response({}, {{"status", "failed"}, {"error", {{"code", "rate_limit_exceeded"}, {"message", "Slow."}}}}));
    ASSERT_FALSE(limited);
    EXPECT_EQ(limited.error().code(), "rate_limit_exceeded");
    EXPECT_EQ(http_status(limited.error()), 429U);
    for (const std::string code : {"invalid_prompt", "bio_policy", "image_too_large"}) {
        const auto refused = read(response({}, {{"status", "failed"}, {"error", {{"code", code}, {"message", "No."}}}}));
        ASSERT_FALSE(refused);
        EXPECT_EQ(http_status(refused.error()), 400U) << code;
    }
    for (const std::string status : {"failed", "cancelled"}) {
        const auto silent = read(response({}, {{"status", status}, {"error", nullptr}}));
        ASSERT_FALSE(silent);
        EXPECT_EQ(silent.error().kind(), ErrorKind::UpstreamUnavailable);
    }
}

TEST(ResponsesReply, ThatIsNoneIsMalformed) {
    for (const Json& body :
         {Json("text"), Json::array(), Json::object(), Json{{"output", "text"}}, response({}, {{"status", "in_progress"}}),
          response({}, {{"status", "queued"}}), response(Json(129, {{"type", "function_call"}, {"call_id", "c"}}))}) {
        const auto reply = read(body);
        ASSERT_FALSE(reply) << body;
        EXPECT_EQ(reply.error().kind(), ErrorKind::UpstreamMalformed) << body;
    }
}

TEST(ResponsesReply, TellsHowItEnded) {
    const auto reason = [](Json output, Json members) {
        return read(response(std::move(output), std::move(members)))->choices[0].finish_reason;
    };
    const Json call = {{{"type", "function_call"}, {"call_id", "c"}, {"name", "f"}, {"arguments", "{}"}}};
    const auto cut = [](const char* why) { return Json{{"status", "incomplete"}, {"incomplete_details", {{"reason", why}}}}; };
    EXPECT_EQ(reason({}, Json::object()), FinishReason::Stop);
    EXPECT_EQ(reason(call, Json::object()), FinishReason::ToolCalls);
    EXPECT_EQ(reason(call, cut("max_output_tokens")), FinishReason::Length);
    EXPECT_EQ(reason({}, cut("content_filter")), FinishReason::ContentFilter);
    EXPECT_EQ(reason({}, cut("steered")), FinishReason::Other);
}

TEST(ResponsesReply, TakesTheTimeWithAFractionAndNoOtherNonsense) {
    EXPECT_EQ(read(response({}, {{"created_at", 1764330000.5}}))->created, 1764330000);
    for (const Json& none : {Json(-5), Json(1e300), Json("now"), Json(nullptr)}) {
        EXPECT_EQ(read(response({}, {{"created_at", none}}))->created, 0);
    }
}

TEST(ResponsesReply, SurvivesAMemberOfEveryKindInEveryPlace) {
    const Json whole =
        Json::parse(R"({"id":"r","created_at":1,"model":"m","status":"incomplete","incomplete_details":{"reason":"x"},
        "error":null,"service_tier":"default","output":[{"type":"message","content":[{"type":"output_text","text":"t","logprobs":[{"token":"t"}]},
        {"type":"refusal","refusal":"r"}]},{"type":"function_call","id":"i","call_id":"c","name":"n","arguments":"{}"},
        {"type":"custom_tool_call","call_id":"c","name":"n","input":"i"},{"type":"reasoning","id":"r","summary":[{"text":"t"}],
        "encrypted_content":"e"}],"usage":{"input_tokens":1,"output_tokens":1}})");
    with_each_value_replaced(whole, [](const Json& hostile) {
        if (const auto reply = read(hostile)) {
            EXPECT_TRUE(Json::accept(write_reply(*reply, "resp_1", "m", {}))) << hostile;
        }
    });
}

TEST(ResponsesReply, ToAClientMarksForeignSeals) {
    const ReasoningPart own{"t", "gAAA", false, Origin::OpenAi, "rs_7"};
    const ReasoningPart hidden{"", "sig", true, Origin::Anthropic, ""};
    const ReasoningPart sealless{"t", "", false, Origin::DeepSeek, ""};
    const ToolCallPart signed_call{"call_1", "f", "{}", false, "gsig"};
    const Json output = written(reply_of({Part{own, {}}, Part{hidden, {}}, Part{sealless, {}}, Part{signed_call, {}}}))["output"];
    ASSERT_EQ(output.size(), 5U);
    EXPECT_EQ(output[0]["encrypted_content"], "gAAA");
    EXPECT_EQ(output[0]["id"], "rs_7");
    EXPECT_EQ(output[1]["encrypted_content"], "anthropic!:sig");
    EXPECT_EQ(output[1]["id"], "rs_1_1");
    EXPECT_EQ(output[2]["encrypted_content"], "deepseek:");
    EXPECT_EQ(output[3]["encrypted_content"], "gemini!:gsig") << "of the call behind it";
    EXPECT_EQ(output[4]["type"], "function_call");

    const Document again(Json{{"model", "auto"}, {"input", output}}.dump());
    const auto conversation = read_request(again.root());
    ASSERT_TRUE(conversation);
    const std::vector<Part>& parts = conversation->turns.at(0).parts;
    ASSERT_EQ(parts.size(), 4U);
    EXPECT_EQ(std::get<ReasoningPart>(parts[1].value).seal, "sig");
    EXPECT_EQ(std::get<ToolCallPart>(parts[3].value).seal, "gsig");
}

TEST(ResponsesReply, ToAClientGivesArgumentsThatParse) {
    const auto arguments = [](const std::string& written_by_model) {
        return written(reply_of({Part{ToolCallPart{"c", "f", written_by_model, false, ""}, {}}}))["output"][0]["arguments"];
    };
    EXPECT_EQ(arguments(""), "{}");
    EXPECT_EQ(arguments(" \n"), "{}");
    EXPECT_EQ(arguments("{\"a\": 1e2}"), "{\"a\": 1e2}") << "byte for byte";
    EXPECT_EQ(arguments("{\"a"), "{\"a") << "also when a model wrote nonsense";
}

TEST(ResponsesReply, ToAClientOnlyTheLastItemIsCut) {
    const Json answer =
        written(reply_of({Part{TextPart{"a"}, {}}, Part{ToolCallPart{"c", "f", "{}", false, ""}, {}}, Part{TextPart{"b"}, {}}},
                         FinishReason::Length));
    EXPECT_EQ(answer["status"], "incomplete");
    EXPECT_EQ(answer["output"][0]["status"], "completed");
    EXPECT_EQ(answer["output"][1]["status"], "completed");
    EXPECT_EQ(answer["output"][2]["status"], "incomplete");
}

TEST(ResponsesReply, ToAClientWithoutChoicesIsEmpty) {
    const Json answer = written(Reply{});
    EXPECT_EQ(answer["output"], Json::array());
    EXPECT_EQ(answer["usage"], nullptr);
}

TEST(ResponsesEcho, IsOnOneLineHoweverTheRequestWasWritten) {
    const Document request(
        "{\"model\":\"m\",\"input\":\"?\",\r\n \"tools\": [ {\"type\":\t\"function\", \"name\": \"a  b\\\" \\n\" } "
        "],\n\"metadata\":{ \"k\":\"v v\" }}");
    const Echo echo = echo_of(request.root());
    EXPECT_EQ(echo.members.find('\n'), std::string::npos);
    EXPECT_NE(echo.members.find(R"("tools":[{"type":"function","name":"a  b\" \n"}])"), std::string::npos) << echo.members;
    EXPECT_NE(echo.members.find(R"("metadata":{"k":"v v"})"), std::string::npos);
}

TEST(ResponsesEcho, SaysThatNothingIsKept) {
    const Document request(R"({"model":"m","input":"?","store":true})");
    EXPECT_NE(echo_of(request.root()).members.find(R"("store":false)"), std::string::npos);
}

}  // namespace
}  // namespace tierway::dialect::responses
