#include "gateway/endpoint.hpp"

#include <gtest/gtest.h>

namespace tierway::gateway {
namespace {

TEST(Endpoint, IsFoundByItsExactPath) {
    EXPECT_EQ(route_path("POST", "/v1/chat/completions").endpoint, Endpoint::Chat);
    EXPECT_EQ(route_path("POST", "/v1/responses").endpoint, Endpoint::Responses);
    EXPECT_EQ(route_path("POST", "/v1/messages").endpoint, Endpoint::Messages);
    EXPECT_EQ(route_path("POST", "/v1/messages/count_tokens").endpoint, Endpoint::CountTokens);
    EXPECT_EQ(route_path("POST", "/v1/completions").endpoint, Endpoint::Completions);
    EXPECT_EQ(route_path("POST", "/v1/embeddings").endpoint, Endpoint::Embeddings);
    EXPECT_EQ(route_path("POST", "/v1/messages/").endpoint, Endpoint::Unknown);
    EXPECT_EQ(route_path("POST", "/V1/messages").endpoint, Endpoint::Unknown);
    EXPECT_EQ(route_path("GET", "/v1/models/openai/gpt-5").endpoint, Endpoint::Model);
    EXPECT_EQ(route_path("GET", "/v1/models/").endpoint, Endpoint::Unknown);
}

TEST(Endpoint, AnswersProbesByHeadAlone) {
    EXPECT_EQ(route_path("HEAD", "/").endpoint, Endpoint::Probe);
    EXPECT_EQ(route_path("HEAD", "/api/hello").endpoint, Endpoint::Probe);
    EXPECT_EQ(route_path("GET", "/").endpoint, Endpoint::Unknown);
}

TEST(Endpoint, IsAnsweredInTheWordsOfItsDoor) {
    EXPECT_EQ(door_of(Endpoint::Messages, false), dialect::Dialect::Anthropic);
    EXPECT_EQ(door_of(Endpoint::CountTokens, false), dialect::Dialect::Anthropic);
    EXPECT_EQ(door_of(Endpoint::Responses, false), dialect::Dialect::Responses);
    EXPECT_EQ(door_of(Endpoint::Completions, true), dialect::Dialect::Completions);
    EXPECT_EQ(door_of(Endpoint::Embeddings, true), dialect::Dialect::Chat);
    EXPECT_EQ(door_of(Endpoint::Unknown, false), dialect::Dialect::Chat);
}

TEST(Endpoint, ThatBothApisHaveIsAnsweredInTheClientsOwn) {
    EXPECT_EQ(door_of(Endpoint::Models, false), dialect::Dialect::Chat);
    EXPECT_EQ(door_of(Endpoint::Models, true), dialect::Dialect::Anthropic);
    EXPECT_EQ(door_of(Endpoint::Model, true), dialect::Dialect::Anthropic);
    EXPECT_EQ(door_of(Endpoint::Chat, true), dialect::Dialect::Chat);
}

TEST(Endpoint, HasOneNameForAllItsRequests) {
    EXPECT_EQ(route_template(Endpoint::Chat, "/v1/chat/completions"), "/v1/chat/completions");
    EXPECT_EQ(route_template(Endpoint::Model, "/v1/models/openai/gpt-5-mini"), "/v1/models/{id}");
    EXPECT_EQ(route_template(Endpoint::Unknown, "/v1/whatever/a/client/writes"), "");
}

TEST(Endpoint, NamesTheNearestPath) {
    EXPECT_NE(std::string(no_such_path("/v1/message").message()).find("/v1/messages"), std::string::npos);
}

}  // namespace
}  // namespace tierway::gateway
