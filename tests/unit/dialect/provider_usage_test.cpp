#include "tierway/dialect/provider_usage.hpp"

#include "document.hpp"

// What the providers' rules come to is in tests/golden/usage, with its cost (tests/unit/ledger/usage_cost_golden_test.cpp). Here: what
// no provider should send.

namespace tierway::dialect {
namespace {

using Reader = std::optional<TokenUsage> (*)(const wire::JsonValue&) noexcept;

struct Api {
    const char* name;
    Reader read;
    const char* input;
    const char* output;
    const char* cached;
};

const std::vector<Api> kApis = {
    {"Responses", read_responses_usage, "input_tokens", "output_tokens", nullptr},
    {"Anthropic", read_anthropic_usage, "input_tokens", "output_tokens", "cache_read_input_tokens"},
    {"Gemini", read_gemini_usage, "promptTokenCount", "candidatesTokenCount", "cachedContentTokenCount"},
    {"Converse", read_converse_usage, "inputTokens", "outputTokens", "cacheReadInputTokens"},
};

std::optional<TokenUsage> read(const Api& api, const nlohmann::json& usage) {
    const Document document(usage.dump());
    return api.read(document.root());
}

TEST(ProviderUsage, HasNoUseForBadCounts) {
    for (const Api& api : kApis) {
        SCOPED_TRACE(api.name);
        EXPECT_EQ(api.read(wire::JsonValue{}), std::nullopt);
        EXPECT_EQ(read(api, nullptr), std::nullopt);
        EXPECT_EQ(read(api, nlohmann::json::array()), std::nullopt);
        EXPECT_EQ(read(api, nlohmann::json::object()), std::nullopt);
        EXPECT_EQ(read(api, {{api.output, 1}}), std::nullopt) << "without its input";
        for (const nlohmann::json& bad : {nlohmann::json(-1), nlohmann::json(1.5), nlohmann::json("1"), nlohmann::json(2e12)}) {
            EXPECT_EQ(read(api, {{api.input, bad}, {api.output, 1}}), std::nullopt) << bad;
            EXPECT_EQ(read(api, {{api.input, 1}, {api.output, bad}}), std::nullopt) << bad;
            if (api.cached != nullptr) {
                EXPECT_EQ(read(api, {{api.input, 1}, {api.output, 1}, {api.cached, bad}}), std::nullopt) << bad;
            }
        }
    }
}

TEST(ProviderUsage, ZerosStayZeros) {
    for (const Api& api : kApis) {
        SCOPED_TRACE(api.name);
        EXPECT_EQ(read(api, {{api.input, 0}, {api.output, 0}}), TokenUsage{});
    }
}

TEST(ProviderUsage, ClampsPartsToTheirWhole) {
    const Api responses = kApis[0];
    EXPECT_EQ(read(responses, {{"input_tokens", 10},
                               {"output_tokens", 5},
                               {"input_tokens_details", {{"cached_tokens", 8}, {"cache_write_tokens", 8}}},
                               {"output_tokens_details", {{"reasoning_tokens", 9}}}}),
              (TokenUsage{.prompt = 10, .completion = 5, .cached = 8, .cache_write = 2, .reasoning = 5}));
    const Api anthropic = kApis[1];
    EXPECT_EQ(read(anthropic, {{"input_tokens", 1},
                               {"output_tokens", 5},
                               {"cache_creation_input_tokens", 3},
                               {"cache_creation", {{"ephemeral_1h_input_tokens", 9}}}}),
              (TokenUsage{.prompt = 4, .completion = 5, .cache_write = 3, .cache_write_1h = 3}));
}

}  // namespace
}  // namespace tierway::dialect
