#include "tierway/dialect/native_edits.hpp"

#include <gtest/gtest.h>

#include "document.hpp"

namespace tierway::dialect {
namespace {

std::string request_edited(const std::string& text, std::string_view limit) {
    const Document document(text);
    wire::Edits edits;
    edit_native_request(document.root(), "\"claude\"", limit, edits);
    return edited(text, edits);
}

std::string answer_edited(const std::string& text) {
    const Document document(text);
    wire::Edits edits;
    edit_native_answer(document.root(), "\"p/claude\"", edits);
    return edited(text, edits);
}

TEST(NativeEdits, ChangeNothingOfARequestButTheModel) {
    EXPECT_EQ(request_edited(R"({ "model" : "auto","new_member":[1.0 ,2]})", ""), R"({ "model" : "claude","new_member":[1.0 ,2]})");
}

TEST(NativeEdits, GiveARequestTheLimitThatItLacks) {
    EXPECT_EQ(request_edited(R"({"model":"auto"})", "\"max_tokens\":5"), R"({"model":"claude","max_tokens":5})");
    EXPECT_EQ(request_edited(R"({"model":"auto","max_tokens":null})", "\"max_tokens\":5"), R"({"model":"claude","max_tokens":5})");
}

TEST(NativeEdits, LeaveOutThoughtsOfOtherFamiliesThatAnthropicWouldRefuse) {
    EXPECT_EQ(request_edited(R"({"model":"auto","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[
        {"type":"thinking","thinking":"a","signature":"openai:x"}, {"type":"text","text":"b"} ,{"type":"redacted_thinking","data":"gemini!:y"},
        {"type":"thinking","thinking":"","signature":""},{"type":"tool_use","id":"t","name":"f","input":{}}]}]})",
                             ""),
              R"({"model":"claude","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[
        {"type":"text","text":"b"} ,{"type":"tool_use","id":"t","name":"f","input":{}}]}]})");
    const std::string own = R"({"model":"claude","messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"Eu:B"},)"
                            R"({"type":"redacted_thinking","data":"Eq="}]},{"role":"user","content":[]}]})";
    EXPECT_EQ(request_edited(own, ""), own);
}

TEST(NativeEdits, LeaveOutAnAnswerOfForeignThoughtsAlone) {
    EXPECT_EQ(request_edited(R"({"model":"auto","messages":[{"role":"user","content":"hi"},
        {"role":"assistant","content":[{"type":"redacted_thinking","data":"openai!:x"}]}]})",
                             ""),
              R"({"model":"claude","messages":[{"role":"user","content":"hi"}]})");
}

TEST(NativeEdits, LeaveOutThoughtsThatTheResponsesApiDoesNotKnow) {
    EXPECT_EQ(request_edited(R"({"model":"auto","input":[{"type":"reasoning","id":"rs_req_1_0","summary":[]},
        {"role":"user","content":"hi"},{"type":"reasoning","encrypted_content":"anthropic:x","summary":[]}]})",
                             ""),
              R"({"model":"claude","input":[{"role":"user","content":"hi"}]})");
    const std::string own = R"({"model":"claude","input":[{"type":"reasoning","id":"rs_1","summary":[]},{"type":"reasoning",)"
                            R"("id":"rs_req_1_0","encrypted_content":"gAAA","summary":[]}]})";
    EXPECT_EQ(request_edited(own, ""), own);
}

TEST(NativeEdits, TellTheModelWhereverADialectHasIt) {
    EXPECT_EQ(answer_edited(R"({"id":"msg_1","model":"x"})"), R"({"id":"msg_1","model":"p/claude"})");
    EXPECT_EQ(answer_edited(R"({"type":"message_start","message":{"model":"x","content":[]}})"),
              R"({"type":"message_start","message":{"model":"p/claude","content":[]}})");
    EXPECT_EQ(answer_edited(R"({"type":"response.created","response":{"model":"x"}})"),
              R"({"type":"response.created","response":{"model":"p/claude"}})");
    EXPECT_EQ(answer_edited(R"({"type":"ping"})"), R"({"type":"ping"})");
}

}  // namespace
}  // namespace tierway::dialect
