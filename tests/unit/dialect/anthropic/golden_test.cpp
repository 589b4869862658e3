#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dialect/anthropic/talk.hpp"
#include "tierway/dialect/chat.hpp"

// Each file of tests/golden/dialects/anthropic is one case: what goes in, and what comes out in the other dialect. Compared as JSON.

namespace tierway::dialect::anthropic {
namespace {

Json from_door(const Json& in) {
    const Result<Conversation> conversation = conversation_of(in.dump());
    EXPECT_TRUE(conversation) << (conversation ? "" : conversation.error().message());
    Omissions omissions;
    return conversation ? Json::parse(chat::write_request(*conversation, omissions)) : Json();
}

Json to_provider(const Json& in, const Json& rules) {
    const Document document(in.dump());
    const Result<ChatRequest> request = read_chat_request(document.root());
    EXPECT_TRUE(request) << (request ? "" : request.error().message());
    const Result<Conversation> conversation = request ? chat::read_conversation(*request) : Conversation{};
    EXPECT_TRUE(conversation) << (conversation ? "" : conversation.error().message());
    ModelRules model;
    model.model = rules.at("model");
    model.adaptive_thinking = rules.at("adaptive_thinking");
    model.sampling = rules.at("sampling");
    model.system_mid_conversation = rules.at("system_mid_conversation");
    Omissions omissions;
    Json out = Json::object();
    out["body"] = written(*conversation, model, &omissions);
    out["omissions"] = omissions;
    return out;
}

Json to_chat_answer(const Json& in) {
    const Document document(in.dump());
    const Result<Reply> reply = read_reply(document.root(), "acme");
    EXPECT_TRUE(reply) << (reply ? "" : reply.error().message());
    return reply ? Json::parse(chat::write_reply(*reply)) : Json();
}

Json from_chat_answer(const Json& in) {
    const Document document(in.dump());
    return Json::parse(write_reply(chat::read_reply(document.root()), "tier:small"));
}

Json to_chat_chunks(const Json& in) {
    StreamReader reader;
    chat::StreamWriter writer;
    Json chunks = Json::array();
    for (const Json& payload : in) {
        const Document document(payload.dump());
        std::vector<ReplyEvent> events;
        EXPECT_TRUE(reader.read("", document.root(), "acme", events));
        for (const ReplyEvent& event : events) {
            std::string chunk;
            if (writer.write(event, chunk)) {
                chunks.push_back(Json::parse(chunk));
            }
        }
    }
    return chunks;
}

Json from_chat_chunks(const Json& in) {
    chat::StreamReader reader;
    StreamWriter writer("tier:small");
    std::string stream;
    for (const Json& chunk : in) {
        const Document document(chunk.dump());
        std::vector<ReplyEvent> events;
        reader.read(document.root(), events);
        for (const ReplyEvent& event : events) {
            writer.write(event, stream);
        }
    }
    writer.end({}, stream);
    Json payloads = Json::array();
    wire::SseDecoder decoder;
    decoder.feed(stream);
    wire::SseEvent event;
    while (decoder.next(event) == wire::SseDecoder::Status::Event) {
        payloads.push_back(Json::parse(event.data));
        EXPECT_EQ(payloads.back()["type"], event.name);
    }
    return payloads;
}

Json translated(const Json& golden) {
    const std::string way = golden.at("way");
    const Json& in = golden.at("in");
    if (way == "Messages request to Chat request") {
        return from_door(in);
    }
    if (way == "Chat request to Messages request") {
        return to_provider(in, golden.at("rules"));
    }
    if (way == "Messages answer to Chat answer") {
        return to_chat_answer(in);
    }
    if (way == "Chat answer to Messages answer") {
        return from_chat_answer(in);
    }
    if (way == "Messages stream to Chat stream") {
        return to_chat_chunks(in);
    }
    EXPECT_EQ(way, "Chat stream to Messages stream");
    return from_chat_chunks(in);
}

Json golden_named(const std::string& name) {
    std::ifstream file(TIERWAY_SOURCE_DIR "/tests/golden/dialects/anthropic/" + name + ".json");
    return Json::parse(file);
}

// A client of this dialect with a provider of it, when the gateway could not pass the bytes on: it thinks in Chat between the two.

TEST(AnthropicGolden, AnAnswerComesThroughChatAsItWas) {
    const Json answer = golden_named("answer_with_thinking_and_tools").at("in");
    Json expected = answer;
    expected["model"] = "tier:small";
    expected["content"][2]["text"] = "I will look.";  // Chat has one text.
    expected["content"].erase(3);
    EXPECT_EQ(from_chat_answer(to_chat_answer(answer)), expected);
}

TEST(AnthropicGolden, AStreamComesThroughChatAsItWas) {
    const Json stream = golden_named("stream_with_thinking_and_tools").at("in");
    Json expected = Json::array();
    for (const Json& payload : stream) {
        const bool says_nothing = payload["type"] == "ping" || payload.value("delta", Json::object()).value("partial_json", "x").empty();
        if (!says_nothing) {
            expected.push_back(payload);
        }
    }
    // Told in full, and at the end: a Chat stream tells counts there only. A call without arguments has them stated.
    expected[0]["message"]["model"] = "tier:small";
    const auto is_stop_of_second_call = [](const Json& payload) { return payload["type"] == "content_block_stop" && payload["index"] == 3; };
    expected.insert(std::find_if(expected.begin(), expected.end(), is_stop_of_second_call),
                    Json::parse(R"({"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{}"}})"));
    Json out = from_chat_chunks(to_chat_chunks(stream));
    ASSERT_EQ(out.size(), expected.size());
    expected[0]["message"]["usage"] = out[0]["message"]["usage"];
    const Json counts = out[out.size() - 2]["usage"];
    EXPECT_EQ(counts["input_tokens"], 25);
    EXPECT_EQ(counts["cache_read_input_tokens"], 5);
    EXPECT_EQ(counts["output_tokens"], 15);
    expected[expected.size() - 2]["usage"] = counts;
    EXPECT_EQ(out, expected);
}

TEST(AnthropicGolden, EachCaseComesOutAsItsFileSays) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(TIERWAY_SOURCE_DIR "/tests/golden/dialects/anthropic")) {
        SCOPED_TRACE(entry.path().filename().string());
        std::ifstream file(entry.path());
        std::stringstream text;
        text << file.rdbuf();
        const Json golden = Json::parse(text.str());
        const Json out = translated(golden);
        // Compared without the order of members.
        EXPECT_EQ(nlohmann::json::parse(out.dump()), nlohmann::json::parse(golden.at("out").dump())) << out.dump(1);
        ++count;
    }
    EXPECT_GE(count, 9U);
}

}  // namespace
}  // namespace tierway::dialect::anthropic
