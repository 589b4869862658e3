#include "dialect/anthropic/talk.hpp"
#include "dialect/hostile_json.hpp"

// Every member of what a client or a provider sends, replaced by each kind of JSON value: an error or a value, and what is accepted
// can be written again.

namespace tierway::dialect::anthropic {
namespace {

TEST(AnthropicHostile, RequestsAreReadOrRefused) {
    const Json request = Json::parse(R"({"model":"m","max_tokens":9000,"stream":true,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
        "messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}},
            {"type":"document","title":"t","context":"c","citations":{"enabled":false},"source":{"type":"content","content":[{"type":"text","text":"x"}]}},
            {"type":"search_result","title":"t","source":"s","content":[{"type":"text","text":"x"}]}]},
          {"role":"assistant","content":[{"type":"thinking","thinking":"h","signature":"s"},{"type":"redacted_thinking","data":"d"},{"type":"tool_use","id":"a","name":"b","input":{"c":1}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":true,"content":[{"type":"text","text":"x"}]}]},
          {"role":"system","content":"s"},{"role":"assistant","content":"pre"}],
        "tools":[{"type":"custom","name":"b","description":"d","input_schema":{"type":"object"},"strict":true,"cache_control":{"type":"ephemeral"}}],
        "tool_choice":{"type":"tool","name":"b","disable_parallel_tool_use":true},"thinking":{"type":"enabled","budget_tokens":2048,"display":"summarized"},
        "output_config":{"effort":"low","format":{"type":"json_schema","schema":{"type":"object"}}},"stop_sequences":["x"],"temperature":1,"top_p":1,"top_k":1,
        "metadata":{"user_id":"u"},"service_tier":"auto","speed":"fast","mcp_servers":[],"container":null,"inference_geo":null})");
    ModelRules budgets;
    budgets.adaptive_thinking = false;
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (const std::string& body : hostile_variants(request.dump())) {
        const Result<Conversation> conversation = conversation_of(body);
        if (!conversation) {
            EXPECT_EQ(conversation.error().kind(), ErrorKind::InvalidRequest);
            ++refused;
            continue;
        }
        ++accepted;
        for (const ModelRules& rules : {ModelRules{}, budgets}) {
            Omissions omissions;
            const Result<std::string> written = write_request(*conversation, rules, omissions);
            EXPECT_TRUE(written ? Json::accept(*written) : written.error().kind() == ErrorKind::InvalidRequest) << body;
        }
    }
    EXPECT_GT(accepted, 200U);
    EXPECT_GT(refused, 200U);
}

TEST(AnthropicHostile, RepliesAreReadOrRefused) {
    const Json reply = Json::parse(R"({"id":"msg_1","type":"message","model":"m","content":[{"type":"text","text":"x"},{"type":"thinking","thinking":"h","signature":"s"},
        {"type":"redacted_thinking","data":"d"},{"type":"tool_use","id":"a","name":"b","input":{"c":1}}],"stop_reason":"tool_use","stop_sequence":null,
        "usage":{"input_tokens":1,"cache_creation_input_tokens":1,"cache_read_input_tokens":1,"cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":1},
        "output_tokens":1,"output_tokens_details":{"thinking_tokens":1},"service_tier":"standard"}})");
    for (const std::string& body : hostile_variants(reply.dump())) {
        const Document document(body);
        if (const Result<Reply> read = read_reply(document.root(), "acme")) {
            EXPECT_TRUE(Json::accept(write_reply(*read, "m"))) << body;
        }
    }
}

TEST(AnthropicHostile, EventsAreReadOrRefused) {
    const std::vector<std::pair<std::string, Json>> events = {
        {"message_start", Json::parse(R"({"type":"message_start","message":{"id":"m","model":"x","usage":{"input_tokens":1,"output_tokens":1}}})")},
        {"content_block_start", Json::parse(R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"b","input":{"c":1}}})")},
        {"content_block_delta", Json::parse(R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}})")},
        {"content_block_stop", Json::parse(R"({"type":"content_block_stop","index":0})")},
        {"content_block_start", Json::parse(R"({"type":"content_block_start","index":1,"content_block":{"type":"thinking","thinking":"h","signature":"s"}})")},
        {"content_block_delta", Json::parse(R"({"type":"content_block_delta","index":1,"delta":{"type":"signature_delta","signature":"s"}})")},
        {"message_delta", Json::parse(R"({"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":1}})")},
        {"message_stop", Json::parse(R"({"type":"message_stop"})")},
    };
    for (std::size_t changed = 0; changed < events.size(); ++changed) {
        for (const std::string& payload : hostile_variants(events[changed].second.dump())) {
            StreamReader reader;
            StreamWriter writer("m");
            std::string out;
            for (std::size_t i = 0; i < events.size(); ++i) {
                const Document document(i == changed ? payload : events[i].second.dump());
                std::vector<ReplyEvent> read;
                const Result<void> result = reader.read(events[i].first, document.root(), "acme", read);
                for (const ReplyEvent& each : read) {
                    writer.write(each, out);
                }
                if (!result) {
                    break;
                }
            }
            writer.end({}, out);
            const std::vector<std::string> again = meaning_of(out);
            EXPECT_EQ(again.back(), "End") << payload;
        }
    }
}

}  // namespace
}  // namespace tierway::dialect::anthropic
