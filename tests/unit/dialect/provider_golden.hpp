#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dialect/chat_conversation.hpp"
#include "dialect/document.hpp"
#include "tierway/dialect/chat.hpp"

namespace tierway::dialect {

/// A dialect that providers speak and clients do not, whose golden cases are the files of tests/golden/dialects/<folder>: what goes in,
/// and what comes out in the other dialect. Compared as JSON.
template <class StreamReader>
struct ProviderGolden {
    using Json = nlohmann::ordered_json;

    std::string folder;
    Result<std::string> (*write_request)(const Conversation&, const ModelRules&, Omissions&);
    Result<Reply> (*read_reply)(const wire::JsonValue&, std::string_view);

    [[nodiscard]] Json request(const Json& golden) const {
        const Json& stated = golden.at("rules");
        ModelRules rules;
        rules.model = stated.at("model");
        rules.adaptive_thinking = stated.at("adaptive_thinking");
        rules.sampling = stated.at("sampling");
        rules.system_mid_conversation = stated.at("system_mid_conversation");
        Omissions omissions;
        const auto body = write_request(conversation_of(golden.at("in").dump()), rules, omissions);
        EXPECT_TRUE(body) << (body ? "" : body.error().message());
        Json out = Json::object();
        out["body"] = body ? Json::parse(*body) : Json();
        out["omissions"] = omissions;
        return out;
    }

    [[nodiscard]] Json answer(const Json& golden) const {
        const Document document(golden.at("in").dump());
        const auto reply = read_reply(document.root(), "acme");
        EXPECT_TRUE(reply) << (reply ? "" : reply.error().message());
        return reply ? Json::parse(chat::write_reply(*reply)) : Json();
    }

    [[nodiscard]] static Json stream(const Json& golden) {
        StreamReader reader;
        chat::StreamWriter writer;
        Json chunks = Json::array();
        for (const Json& event : golden.at("in")) {
            const Document document(event.at("data").dump());
            std::vector<ReplyEvent> events;
            EXPECT_TRUE(reader.read(event.value("name", ""), document.root(), "acme", events));
            for (const ReplyEvent& each : events) {
                std::string chunk;
                if (writer.write(each, chunk)) {
                    chunks.push_back(Json::parse(chunk));
                }
            }
        }
        return chunks;
    }

    void check_all(std::size_t cases_min) const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(TIERWAY_SOURCE_DIR "/tests/golden/dialects/" + folder)) {
            SCOPED_TRACE(entry.path().filename().string());
            std::ifstream file(entry.path());
            const Json golden = Json::parse(file);
            const std::string way = golden.at("way");
            const Json out = way == "request" ? request(golden) : way == "answer" ? answer(golden) : stream(golden);
            EXPECT_TRUE(way == "request" || way == "answer" || way == "stream") << way;
            // Compared without the order of members.
            EXPECT_EQ(nlohmann::json::parse(out.dump()), nlohmann::json::parse(golden.at("out").dump())) << out.dump(1);
            ++count;
        }
        EXPECT_GE(count, cases_min);
    }
};

}  // namespace tierway::dialect
