#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tierway/dialect/provider_usage.hpp"
#include "tierway/dialect/token_usage.hpp"
#include "tierway/ledger/cost.hpp"
#include "tierway/wire/json_view.hpp"

// Each file of tests/golden/usage is one rule of a provider: the usage object as it arrives, the prices as they are configured, and
// what the tokens and the cost come to. The costs were computed apart from this code, in exact fractions.

namespace tierway::ledger {
namespace {

using Json = nlohmann::json;
using dialect::TokenUsage;

config::PicoUsdPerToken pico(const Json& usd_per_million) {
    return std::llround(usd_per_million.get<double>() * 1e6);
}

std::optional<config::PicoUsdPerToken> optional_pico(const Json& rates, const char* name) {
    return rates.contains(name) ? std::optional(pico(rates[name])) : std::nullopt;
}

config::Rates rates_of(const Json& rates) {
    return {.input = pico(rates["input"]),
            .output = pico(rates["output"]),
            .cached_input = optional_pico(rates, "cached_input"),
            .cache_write = optional_pico(rates, "cache_write"),
            .cache_write_1h = optional_pico(rates, "cache_write_1h")};
}

config::Price price_of(const Json& written) {
    config::Price price;
    price.base = rates_of(written);
    for (const Json& tier : written.value("context_tiers", Json::array())) {
        price.context_tiers.push_back({tier["above"].get<std::int64_t>(), rates_of(tier)});
    }
    config::complete_context_tiers(price);
    const Json lanes = written.value("service_tiers", Json::object());
    const auto permille = [&lanes](const char* lane) {
        return lanes.contains(lane) ? std::optional<std::int64_t>(std::llround(lanes[lane].get<double>() * 1e3)) : std::nullopt;
    };
    price.flex_permille = permille("flex");
    price.priority_permille = permille("priority");
    return price;
}

std::optional<TokenUsage> read(const std::string& dialect, const wire::JsonValue& usage) {
    if (dialect == "openai") {
        return dialect::read_usage(usage);
    }
    if (dialect == "openai_responses") {
        return dialect::read_responses_usage(usage);
    }
    if (dialect == "anthropic") {
        return dialect::read_anthropic_usage(usage);
    }
    if (dialect == "gemini") {
        return dialect::read_gemini_usage(usage);
    }
    if (dialect == "bedrock") {
        return dialect::read_converse_usage(usage);
    }
    ADD_FAILURE() << "no such dialect: " << dialect;
    return std::nullopt;
}

TokenUsage tokens_of(const Json& tokens) {
    return {.prompt = tokens["prompt"],
            .completion = tokens["completion"],
            .cached = tokens["cached"],
            .cache_write = tokens["cache_write"],
            .reasoning = tokens["reasoning"],
            .cache_write_1h = tokens["cache_write_1h"]};
}

std::vector<std::filesystem::path> golden_files() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(TIERWAY_SOURCE_DIR "/tests/golden/usage")) {
        files.push_back(entry.path());
    }
    return files;
}

class UsageToCost : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(UsageToCost, IsTheProvidersRule) {
    std::ifstream file(GetParam());
    const Json golden = Json::parse(file);
    SCOPED_TRACE(golden["rule"].get<std::string>());
    const std::string text = golden["usage"].dump();
    wire::JsonParser parser;
    const Result<wire::JsonValue> usage = parser.parse(text);
    ASSERT_TRUE(usage.has_value());
    const std::optional<TokenUsage> read_tokens = read(golden["dialect"], *usage);
    ASSERT_TRUE(read_tokens.has_value());
    EXPECT_EQ(*read_tokens, tokens_of(golden["tokens"]));
    const config::ServiceTier lane = config::service_tier_named(golden.value("service_tier", ""));
    EXPECT_EQ(cost_of(*read_tokens, price_of(golden["price"]), lane).nano(), golden["cost_nano"].get<std::int64_t>());
}

INSTANTIATE_TEST_SUITE_P(Golden, UsageToCost, testing::ValuesIn(golden_files()),
                         [](const auto& each) { return each.param.stem().string(); });

TEST(UsageToCost, HasARuleOfEveryKind) {
    EXPECT_GE(golden_files().size(), 28U);
}

}  // namespace
}  // namespace tierway::ledger
