#include <filesystem>
#include <fstream>

#include "streams.hpp"

// Each file of tests/golden/dialects/responses is one thing as a client sees it and as a provider sees it: a request, an answer
// or a stream. tests/golden/responses_types_test.py holds what clients get against the types of the official SDK.

namespace tierway::dialect::responses {
namespace {

using Json = nlohmann::json;

const std::filesystem::path kFolder = TIERWAY_SOURCE_DIR "/tests/golden/dialects/responses";

struct Golden {
    std::string name;
    Json json;
};

std::vector<Golden> goldens(std::string_view what) {
    std::vector<Golden> found;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(what)) {
            found.push_back({name, Json::parse(std::ifstream(entry.path()))});
        }
    }
    EXPECT_FALSE(found.empty());
    return found;
}

/// Of the client's request, which may be any that the door takes.
Echo echo_for(const Golden& golden) {
    const Document request(golden.json.value("request", Json{{"model", "auto"}, {"input", "?"}}).dump(1));
    return echo_of(request.root());
}

TEST(ResponsesGolden, RequestsReachTheProvider) {
    for (const Golden& golden : goldens("request_")) {
        SCOPED_TRACE(golden.name);
        const Document client(golden.json["client"].dump());
        const auto conversation = read_request(client.root());
        ASSERT_TRUE(conversation) << conversation.error().message();
        Omissions omissions = conversation->omitted;
        const auto written = write_request(*conversation, {.model = "gpt-6-sol"}, omissions);
        ASSERT_TRUE(written) << written.error().message();
        EXPECT_EQ(Json::parse(*written), golden.json["provider"]) << Json::parse(*written).dump(2);
        EXPECT_EQ(Json(std::vector<std::string>(omissions.begin(), omissions.end())), golden.json["dropped"]);
        EXPECT_EQ(conversation->only_native, golden.json.value("only_native", ""));
    }
}

TEST(ResponsesGolden, AnswersReachTheClient) {
    for (const Golden& golden : goldens("reply_")) {
        SCOPED_TRACE(golden.name);
        const Document provider(golden.json["provider"].dump());
        const auto reply = read_reply(provider.root(), "p");
        ASSERT_TRUE(reply) << reply.error().message();
        const Json written = Json::parse(write_reply(*reply, "resp_1", "small", echo_for(golden)));
        EXPECT_EQ(written, golden.json["client"]) << written.dump(2);
    }
}

TEST(ResponsesGolden, StreamsReachTheClient) {
    for (const Golden& golden : goldens("stream_")) {
        SCOPED_TRACE(golden.name);
        const StreamRun provider(sse(golden.json["provider"]));
        ASSERT_TRUE(provider.result) << provider.result.error().message();
        EXPECT_EQ(to_json(provider.events), golden.json["events"]) << to_json(provider.events).dump(2);
        const std::string stream = written(provider.events, {.disclosure = R"({"class":"chat"})"}, echo_for(golden));
        EXPECT_EQ(payloads_of(stream), golden.json["client"]) << payloads_of(stream).dump(2);
    }
}

TEST(ResponsesGolden, HoweverAStreamIsCutItMeansTheSame) {
    for (const Golden& golden : goldens("stream_")) {
        SCOPED_TRACE(golden.name);
        const std::string stream = sse(golden.json["provider"]);
        std::vector<std::size_t> every_byte;
        for (std::size_t end = 1; end < stream.size(); ++end) {
            every_byte.push_back(end);
            ASSERT_EQ(to_json(StreamRun(stream, {end}).events), golden.json["events"]) << "cut at " << end;
        }
        EXPECT_EQ(to_json(StreamRun(stream, every_byte).events), golden.json["events"]);
    }
}

TEST(ResponsesGolden, WhatIsWrittenReadsAsWhatWasWritten) {
    for (const Golden& golden : goldens("stream_")) {
        SCOPED_TRACE(golden.name);
        const std::vector<ReplyEvent> events = StreamRun(sse(golden.json["provider"])).events;
        std::vector<ReplyEvent> again = StreamRun(written(events)).events;
        ASSERT_FALSE(again.empty());
        // The answer has another name to the client, and says who gave it.
        again.front().id = events.front().id;
        again.front().text = events.front().text;
        EXPECT_EQ(to_json(again), to_json(events));
    }
}

}  // namespace
}  // namespace tierway::dialect::responses
