#include "tierway/dialect/upstream_request.hpp"

#include "document.hpp"

namespace tierway::dialect {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kModel = R"("qwen3-8b")";

std::string edit(const std::string& body, bool force_usage, bool force_logprobs) {
    const Document document(body);
    const auto request = read_chat_request(document.root());
    EXPECT_TRUE(request.has_value()) << body;
    if (!request) {
        return {};
    }
    wire::Edits edits;
    edit_request(*request, {.model = kModel, .force_usage = force_usage, .force_logprobs = force_logprobs}, edits);
    return edited(document.text(), edits);
}

struct Layout {
    std::string name;
    std::string before;  ///< The body as the client sent it.
    std::string after;   ///< Byte for byte, with usage and logprobs forced.
};

const std::vector<Layout>& layouts() {
    static const std::vector<Layout> cases = {
        {"compact, nothing there", R"({"model":"auto","stream":true,"messages":[{"role":"user","content":"Hi"}]})",
         R"({"model":"qwen3-8b","stream":true,"messages":[{"role":"user","content":"Hi"}],"stream_options":{"include_usage":true},"logprobs":true})"},
        {"null in both",
         R"({"stream":true,"stream_options":null,"logprobs":null,"messages":[{"role":"user","content":""}],"model":"auto"})",
         R"({"stream":true,"stream_options":{"include_usage":true},"logprobs":true,"messages":[{"role":"user","content":""}],"model":"qwen3-8b"})"},
        {"empty options", R"({"stream_options":{},"stream":true,"messages":[{"role":"user","content":"x"}],"model":"a"})",
         R"({"stream_options":{"include_usage":true},"stream":true,"messages":[{"role":"user","content":"x"}],"model":"qwen3-8b","logprobs":true})"},
        {"empty options with white space, last",
         "{\"model\":\"a\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"stream_options\":{ \n}}",
         "{\"model\":\"qwen3-8b\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"stream_options\":{ "
         "\n\"include_usage\":true},\"logprobs\":true}"},
        {"options with another member",
         R"({"stream_options":{"include_obfuscation":false},"logprobs":false,"stream":true,"messages":[{"role":"user","content":"x"}],"model":"a"})",
         R"({"stream_options":{"include_obfuscation":false,"include_usage":true},"logprobs":true,"stream":true,"messages":[{"role":"user","content":"x"}],"model":"qwen3-8b"})"},
        {"usage false, pretty printed",
         "{\n  \"model\" : \"auto\" ,\n  \"stream\" : true,\n  \"stream_options\" : { \"include_usage\" : false },\n  "
         "\"messages\" : [ { \"role\" : \"user\", \"content\" : \"\\u00fc \\\"model\\\":1\" } ]\n}\n",
         "{\n  \"model\" : \"qwen3-8b\" ,\n  \"stream\" : true,\n  \"stream_options\" : { \"include_usage\" : true },\n  "
         "\"messages\" : [ { \"role\" : \"user\", \"content\" : \"\\u00fc \\\"model\\\":1\" } ]\n,\"logprobs\":true}\n"},
        {"usage null",
         R"({"model":"a","stream":true,"messages":[{"role":"user","content":"x"}],"stream_options":{"include_usage":null},"logprobs":true})",
         R"({"model":"qwen3-8b","stream":true,"messages":[{"role":"user","content":"x"}],"stream_options":{"include_usage":true},"logprobs":true})"},
        {"already asked",
         R"({"model":"a","stream":true,"messages":[{"role":"user","content":"x"}],"stream_options":{"include_usage":true},"logprobs":true})",
         R"({"model":"qwen3-8b","stream":true,"messages":[{"role":"user","content":"x"}],"stream_options":{"include_usage":true},"logprobs":true})"},
        {"duplicate inside the options",
         R"({"model":"a","stream":true,"messages":[{"role":"user","content":"x"}],"stream_options":{"include_usage":false,"include_usage":true},"logprobs":true})",
         R"({"model":"qwen3-8b","stream":true,"messages":[{"role":"user","content":"x"}],"stream_options":{"include_usage":true,"include_usage":true},"logprobs":true})"},
        {"escaped keys",
         R"({"mod\u0065l":"a","stream":true,"messages":[{"role":"user","content":"x"}],"stre\u0061m_options":{"include\u005fusage":false},"logprob\u0073":false})",
         R"({"mod\u0065l":"qwen3-8b","stream":true,"messages":[{"role":"user","content":"x"}],"stre\u0061m_options":{"include\u005fusage":true},"logprob\u0073":true})"},
        {"unicode and big numbers pass",
         "{\"seed\":123456789012345678901234567890,\"model\":\"\xE6\xA8\xA1\",\"stream\":true,\"messages\":[{\"role\":\"user\","
         "\"content\":\"\xF0\x9F\x98\x80\"}],\"temperature\":1.0}",
         "{\"seed\":123456789012345678901234567890,\"model\":\"qwen3-8b\",\"stream\":true,\"messages\":[{\"role\":\"user\","
         "\"content\":\"\xF0\x9F\x98\x80\"}],\"temperature\":1.0,\"stream_options\":{\"include_usage\":true},\"logprobs\":true}"},
    };
    return cases;
}

TEST(EditRequest, WritesExactlyTheseBytes) {
    for (const Layout& layout : layouts()) {
        SCOPED_TRACE(layout.name);
        EXPECT_EQ(edit(layout.before, true, true), layout.after);
    }
}

TEST(EditRequest, ChangesNothingButWhatWasAsked) {
    for (const Layout& layout : layouts()) {
        for (const auto& [usage, logprobs] : {std::pair(false, false), {true, false}, {false, true}, {true, true}}) {
            SCOPED_TRACE(layout.name + (usage ? " +usage" : "") + (logprobs ? " +logprobs" : ""));
            const Json after = Json::parse(edit(layout.before, usage, logprobs));
            Json expected = Json::parse(layout.before);
            expected["model"] = "qwen3-8b";
            if (usage) {
                if (!expected["stream_options"].is_object()) {
                    expected["stream_options"] = Json::object();
                }
                expected["stream_options"]["include_usage"] = true;
            }
            if (logprobs) {
                expected["logprobs"] = true;
            }
            EXPECT_EQ(nlohmann::json(after), nlohmann::json(expected));
        }
    }
}

TEST(EditRequest, WritesALimitOfTheAnswerWhereThereIsNone) {
    struct Case {
        std::string before;
        std::string after;
    };
    for (
        const Case& c : {
            Case{R"({"model":"a","messages":[{"role":"user","content":"x"}]})",
                 R"({"model":"qwen3-8b","messages":[{"role":"user","content":"x"}],"max_tokens":2000})"},
            Case{R"({"max_tokens": null, "model":"a","messages":[{"role":"user","content":"x"}]})",
                 R"({"max_tokens": 2000, "model":"qwen3-8b","messages":[{"role":"user","content":"x"}]})"},
            Case{R"({"max\u005ftokens":null,"model":"a","messages":[{"role":"user","content":"x"}]})",
                 R"({"max\u005ftokens":2000,"model":"qwen3-8b","messages":[{"role":"user","content":"x"}]})"},
            Case{
                R"({"max_completion_tokens":null,"model":"a","messages":[{"role":"user","content":"x"}]})",
                R"({"max_completion_tokens":null,"model":"qwen3-8b","messages":[{"role":"user","content":"x"}],"max_tokens":2000})"},
        }) {
        SCOPED_TRACE(c.before);
        const Document document(c.before);
        const auto request = read_chat_request(document.root());
        ASSERT_TRUE(request.has_value());
        wire::Edits edits;
        edit_request(*request, {.model = kModel, .output_limit = R"("max_tokens":2000)"}, edits);
        EXPECT_EQ(edited(document.text(), edits), c.after);
    }
}

TEST(EditRequest, LeavesTheBodyAloneButForTheModel) {
    const std::string body = R"({"messages":[{"role":"user","content":"model"}], "model" : "auto"})";
    EXPECT_EQ(edit(body, false, false), R"({"messages":[{"role":"user","content":"model"}], "model" : "qwen3-8b"})");
}

}  // namespace
}  // namespace tierway::dialect
