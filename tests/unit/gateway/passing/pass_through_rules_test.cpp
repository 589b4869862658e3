#include "gateway/passing/pass_through_rules.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tierway::gateway {
namespace {

config::PassThrough rules() {
    config::PassThrough pass;
    pass.paths = {"audio", "files", "images"};
    pass.usd_per_request = Usd::from_nano(40'000'000);
    pass.prices["gpt-image-1"].base = {5'000'000, 40'000'000, std::nullopt, std::nullopt};
    return pass;
}

const dialect::TokenUsage kUsage{50, 100, 0, 0, 0, 0};

PassedOn charged(std::string_view method, std::string_view segment, bool answered, std::optional<dialect::TokenUsage> usage,
                 const std::string& model = "gpt-image-1") {
    PassedOn passed;
    passed.asked_model = model;
    charge_passed(rules(), method, segment, answered, usage, passed);
    return passed;
}

TEST(PassThrough, OfAPricedModelCostsItsTokens) {
    const PassedOn passed = charged("POST", "images", true, kUsage);
    EXPECT_EQ(passed.cost.nano(), 50 * 5'000 + 100 * 40'000);
    EXPECT_EQ(passed.source, ledger::UsageSource::Provider);
    EXPECT_FALSE(passed.usage_missing);
}

TEST(PassThrough, OfAnotherModelCostsWhatWasReserved) {
    const PassedOn passed = charged("POST", "images", true, kUsage, "unknown");
    EXPECT_EQ(passed.cost.nano(), 40'000'000);
    EXPECT_EQ(passed.usage, kUsage);
    EXPECT_TRUE(passed.usage_missing);
}

TEST(PassThrough, ThatReportsNothingCostsWhatWasReserved) {
    const PassedOn passed = charged("POST", "audio", true, std::nullopt);
    EXPECT_EQ(passed.cost.nano(), 40'000'000);
    EXPECT_EQ(passed.source, ledger::UsageSource::Estimated);
    EXPECT_TRUE(passed.usage_missing);
}

TEST(PassThrough, ThatWasRefusedOrOnlyLooksIsFree) {
    for (const PassedOn& passed : {charged("POST", "images", false, std::nullopt), charged("GET", "images", true, std::nullopt),
                                   charged("POST", "files", true, std::nullopt), charged("DELETE", "images", true, std::nullopt)}) {
        EXPECT_EQ(passed.cost, Usd());
        EXPECT_EQ(passed.source, ledger::UsageSource::None);
        EXPECT_FALSE(passed.usage_missing);
    }
}

TEST(PassThrough, ReservesForWhatMayCost) {
    EXPECT_EQ(passed_estimate(rules(), "POST", "images").nano(), 40'000'000);
    EXPECT_EQ(passed_estimate(rules(), "GET", "images"), Usd());
    EXPECT_EQ(passed_estimate(rules(), "POST", "files"), Usd());
}

TEST(PassThrough, KeepsBackWhoTheClientIs) {
    config::Provider provider;
    provider.base_url.host = "api.example.com";
    provider.base_url.port = 443;
    provider.base_url.tls = true;
    provider.base_url.prefix = "/v1";
    provider.api_key = Secret("sk-provider");
    wire::HttpFields fields;
    for (const auto& [name, value] : {std::pair{"Authorization", "Bearer sk-client"}, std::pair{"Content-Type", "audio/wav"},
                                      std::pair{"Cookie", "a=b"}, std::pair{"X-Tierway-Class", "x"}, std::pair{"OpenAI-Organization", "o"},
                                      std::pair{"Accept-Encoding", "gzip"}, std::pair{"RANGE", "bytes=0-1"}, std::pair{"X-Forwarded-For", "1"},
                                      std::pair{"Content-Length", "3"}}) {
        fields.add(name, value);
    }
    EXPECT_EQ(passed_head(provider, "POST", "/audio/transcriptions", "?a=b", fields),
              "POST /v1/audio/transcriptions?a=b HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer sk-provider\r\n"
              "User-Agent: tierway\r\nContent-Type: audio/wav\r\nRANGE: bytes=0-1\r\n");
}

TEST(PassThrough, NeedsLeaveWhereThereAreKeys) {
    config::Snapshot snapshot;
    snapshot.pass_through = rules();
    snapshot.pass_through->provider = config::ProviderId{2};
    config::Principal principal;
    EXPECT_EQ(*pass_through_provider(snapshot, principal), config::ProviderId{2});
    principal.key = config::KeyId{0};
    const auto refused = pass_through_provider(snapshot, principal);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), "pass_through_not_allowed");
    principal.pass_through = config::ProviderId{1};
    EXPECT_EQ(*pass_through_provider(snapshot, principal), config::ProviderId{1});
}

TEST(PassThrough, IsForListedPathsOnly) {
    config::Snapshot snapshot;
    EXPECT_FALSE(path_that_passes(snapshot, "/v1/files"));
    snapshot.pass_through = rules();
    EXPECT_TRUE(path_that_passes(snapshot, "/v1/files"));
    EXPECT_TRUE(path_that_passes(snapshot, "/v1/images/generations"));
    EXPECT_FALSE(path_that_passes(snapshot, "/v1/batches"));
    EXPECT_FALSE(path_that_passes(snapshot, "/v1/filesystem"));
}

}  // namespace
}  // namespace tierway::gateway
