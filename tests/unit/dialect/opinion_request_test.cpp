#include "tierway/dialect/opinion_request.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tierway::dialect {
namespace {

std::string asked(const std::string& body, const OpinionTerms& terms) {
    wire::JsonParser parser;
    const auto root = parser.parse(body);
    EXPECT_TRUE(root);
    const auto request = read_chat_request(*root);
    EXPECT_TRUE(request);
    return opinion_request(*request, body, terms);
}

OpinionTerms terms() {
    OpinionTerms terms;
    terms.model = "\"second\"";
    terms.output_limit_field = "max_tokens";
    return terms;
}

TEST(OpinionRequest, AsksTheSameWithoutWhatIsTheClientsOwn) {
    EXPECT_EQ(asked(R"({"model":"auto","stream":true,"stream_options":{"include_usage":true},"n":3,"messages":[{"role":"user","content":"hi"}],)"
                    R"("temperature":0.2,"seed":7,"logprobs":true,"top_logprobs":2,"user":"u","store":true,"metadata":{"a":"b"},"service_tier":"flex"})",
                    terms()),
              R"({"model":"second","messages":[{"role":"user","content":"hi"}],"temperature":0.2})");
}

TEST(OpinionRequest, KeepsWhatTheAnswerDependsOn) {
    const std::string body =
        R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f"}}],)"
        R"("response_format":{"type":"json_object"},"max_completion_tokens":9,"model":"second","unknown":{"x":1}})";
    EXPECT_EQ(asked(body, terms()), body);
}

TEST(OpinionRequest, PutsItsOwnTermsInPlaceOfTheRequests) {
    OpinionTerms own = terms();
    own.samples = 3;
    own.temperature = 0.7;
    own.output_limit = 50;
    EXPECT_EQ(asked(R"({"max_tokens":9,"temperature":0,"model":"auto","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":8})", own),
              R"({"model":"second","messages":[{"role":"user","content":"hi"}],"n":3,"temperature":0.7,"max_tokens":50})");
}

TEST(InstructedRequest, HoldsAnyText) {
    const std::string body = instructed_request("\"m\"", "Judge \"this\".", "line\nline", "max_completion_tokens", 12);
    EXPECT_EQ(body, R"({"model":"m","messages":[{"role":"system","content":"Judge \"this\"."},{"role":"user","content":"line\nline"}],"max_completion_tokens":12})");
}

}  // namespace
}  // namespace tierway::dialect
