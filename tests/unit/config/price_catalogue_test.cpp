#include "tierway/config/price_catalogue.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "config/scalars.hpp"

namespace tierway::config {
namespace {

std::string catalogue_text() {
    std::ifstream file(std::string(TIERWAY_SOURCE_DIR) + "/config/prices.json", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The digits that follow `"field": ` in a text, as they are written there; empty when the field is absent.
std::string written_number(const std::string& text, const std::string& field) {
    const std::string key = "\"" + field + "\": ";
    const std::size_t at = text.find(key);
    if (at == std::string::npos) {
        return {};
    }
    const std::size_t begin = at + key.size();
    return text.substr(begin, text.find_first_of(",}", begin) - begin);
}

std::optional<PicoUsdPerToken> written_price(const std::string& text, const std::string& field) {
    const std::string digits = written_number(text, field);
    return digits.empty() ? std::nullopt : parse_price(digits).value;
}

void expect_rates(const std::string& text, const Rates& rates, bool is_context_tier) {
    EXPECT_EQ(written_price(text, "in"), rates.input);
    EXPECT_EQ(written_price(text, "out"), rates.output);
    for (const auto& [field, rate] : {std::pair("cached_in", rates.cached_input), std::pair("cache_write", rates.cache_write),
                                      std::pair("cache_write_1h", rates.cache_write_1h)}) {
        if (!written_number(text, field).empty() || !is_context_tier) {
            EXPECT_EQ(written_price(text, field), rate) << field;
        }
    }
}

TEST(PriceCatalogue, ReadsEveryListedPriceExactly) {
    const std::string text = catalogue_text();
    std::size_t rows = 0;
    std::size_t context_tiers = 0;
    for (std::size_t begin = text.find("{\"provider\""); begin != std::string::npos;
         begin = text.find("{\"provider\"", begin + 1)) {
        const std::string row = text.substr(begin, text.find('\n', begin) - begin);
        const auto parsed = nlohmann::json::parse(row.substr(0, row.rfind('}') + 1));
        const std::string name = parsed["provider"].get<std::string>() + "/" + parsed["id"].get<std::string>();
        SCOPED_TRACE(name);
        const CatalogueEntry* entry = PriceCatalogue::built_in().find(name);
        ASSERT_NE(entry, nullptr);
        const std::size_t tiers = row.find("\"tiers\": [");
        expect_rates(row.substr(0, tiers), entry->price.base, false);
        std::size_t position = 0;
        for (std::size_t tier = row.find("{\"above\"", tiers); tiers != std::string::npos && tier != std::string::npos;
             tier = row.find("{\"above\"", tier + 1)) {
            ASSERT_LT(position, entry->price.context_tiers.size());
            const std::string tier_text = row.substr(tier, row.find('}', tier) + 1 - tier);
            EXPECT_EQ(written_number(tier_text, "above"),
                      std::to_string(entry->price.context_tiers[position].prompt_tokens_above));
            expect_rates(tier_text, entry->price.context_tiers[position].rates, true);
            ++position;
        }
        EXPECT_EQ(position, entry->price.context_tiers.size());
        context_tiers += position;
        ++rows;
    }
    EXPECT_EQ(rows, 187U);
    EXPECT_EQ(context_tiers, 26U);
    EXPECT_EQ(PriceCatalogue::built_in().entries().size(), rows);
    EXPECT_EQ(PriceCatalogue::built_in().as_of(), "2026-11-18");
}

TEST(PriceCatalogue, KnowsLimitsFlagsAndKind) {
    const PriceCatalogue& catalogue = PriceCatalogue::built_in();
    const CatalogueEntry& chat = *catalogue.find("openai/gpt-4o-mini");
    EXPECT_EQ(chat.kind, ModelKind::Chat);
    EXPECT_EQ(chat.price.base.input, 150'000);
    EXPECT_EQ(chat.price.base.output, 600'000);
    EXPECT_EQ(chat.context_tokens, 128'000);
    EXPECT_EQ(chat.capabilities.vision, Support::Yes);
    EXPECT_EQ(chat.capabilities.audio, Support::No);
    EXPECT_FALSE(chat.capabilities.logprobs);
    EXPECT_EQ(catalogue.find("openai/chat-latest")->capabilities.json_schema, Support::Unknown);
    EXPECT_EQ(catalogue.find("openai/gpt-4")->capabilities.json_schema, Support::No);
    EXPECT_TRUE(catalogue.find("openai/gpt-4")->deprecated);
    EXPECT_FALSE(chat.deprecated);
    EXPECT_EQ(catalogue.find("openai/text-embedding-3-small")->kind, ModelKind::Embedding);
    EXPECT_EQ(catalogue.find("openai/gpt-4o-min"), nullptr);
}

std::string one_entry(const std::string& fields) {
    return R"({"as_of": "2026-01-01", "models": [{"provider": "p", "id": "m", "kind": "chat", )" + fields + "}]}";
}

TEST(PriceCatalogue, ReadsPricesToTheLastDecimal) {
    for (const auto& [text, pico] : {std::pair<std::string, std::int64_t>("0.1", 100'000),
                                     {"0.000001", 1},
                                     {"0.00875", 8'750},
                                     {"99999.999999", 99'999'999'999},
                                     {"100000", 100'000'000'000},
                                     {"2.3e-1", 230'000},
                                     {"0", 0}}) {
        SCOPED_TRACE(text);
        const auto catalogue = PriceCatalogue::parse(one_entry("\"in\": " + text + ", \"out\": 1"));
        ASSERT_TRUE(catalogue.has_value()) << catalogue.error().message();
        EXPECT_EQ(catalogue->find("p/m")->price.base.input, pico);
    }
}

TEST(PriceCatalogue, ScalesTheCacheRatesThatAContextTierDoesNotState) {
    const auto catalogue = PriceCatalogue::parse(
        one_entry(R"("in": 8, "out": 40, "cached_in": 0.4, "cache_write": 10, "tiers": [{"above": 5, "in": 16, "out": 60}])"));
    ASSERT_TRUE(catalogue.has_value());
    const Rates& rates = catalogue->find("p/m")->price.context_tiers.at(0).rates;
    EXPECT_EQ(rates.cached_input, 800'000);
    EXPECT_EQ(rates.cache_write, 20'000'000);
}

struct BadCatalogue {
    std::string_view name;
    std::string json;
    std::string_view message;
};

TEST(PriceCatalogue, ErrorsNameTheEntryAndTheField) {
    const BadCatalogue bad[] = {
        {"not JSON", "{", "it is not a JSON object"},
        {"a list", "[]", "it is not a JSON object"},
        {"deep", std::string(100'000, '['), "it is not a JSON object"},
        {"no models", R"({"as_of": "x"})", "`models` must be a list"},
        {"no date", R"({"models": []})", "`as_of` must be a text"},
        {"entry that is a number", R"({"as_of": "x", "models": [1]})", "entry 1 is not an object"},
        {"nameless entry", R"({"as_of": "x", "models": [{"id": "m"}]})", "entry 1: `provider` must be a text"},
        {"no price", one_entry(R"("in": 1)"), "p/m: a price needs `in` and `out`"},
        {"negative", one_entry(R"("in": -1, "out": 1)"), "p/m: `in` must be a number from 0"},
        {"text for a number", one_entry(R"("in": "1", "out": 1)"), "p/m: `in` must be a number from 0"},
        {"too fine", one_entry(R"("in": 1, "out": 0.0000001)"), "p/m: `out` has more than six decimals"},
        {"nearly exact", one_entry(R"("in": 1, "out": 0.10000001)"), "p/m: `out` has more than six decimals"},
        {"too high", one_entry(R"("in": 1, "out": 1e300)"), "p/m: `out` must be a number from 0"},
        {"bounds not ascending",
         one_entry(R"("in": 1, "out": 1, "tiers": [{"above": 2, "in": 1, "out": 1}, {"above": 2, "in": 1, "out": 1}])"),
         "p/m: `tiers`: the bounds `above` must ascend"},
        {"tiers that are a number", one_entry(R"("in": 1, "out": 1, "tiers": 1)"), "p/m: `tiers` must be a list"},
        {"fractional context", one_entry(R"("in": 1, "out": 1, "context": 1.5)"), "p/m: `context` must be a whole number"},
        {"flag that is a text", one_entry(R"("in": 1, "out": 1, "flags": {"tools": "yes"})"),
         "p/m: the flag `tools` must be true, false or null"},
        {"unknown kind", R"({"as_of": "x", "models": [{"provider": "p", "id": "m", "kind": "audio", "in": 1, "out": 1}]})",
         "p/m: `kind` must be"},
        {"listed twice",
         R"({"as_of": "x", "models": [{"provider": "p", "id": "m", "kind": "chat", "in": 1, "out": 1}, {"provider": "p", "id": "m", "kind": "chat", "in": 1, "out": 1}]})",
         "p/m is listed twice"},
    };
    for (const BadCatalogue& catalogue : bad) {
        SCOPED_TRACE(catalogue.name);
        const auto result = PriceCatalogue::parse(catalogue.json);
        ASSERT_FALSE(result.has_value());
        const Error error = result.error();
        EXPECT_NE(error.message().find(catalogue.message), std::string_view::npos) << error.message();
    }
}

TEST(Price, ContextTiersHoldAboveTheirBound) {
    Price price;
    price.base.input = 1;
    price.context_tiers = {{100, {2, 0, {}, {}, {}}}, {200, {3, 0, {}, {}, {}}}};
    EXPECT_EQ(price.rates_for(0).input, 1);
    EXPECT_EQ(price.rates_for(100).input, 1);
    EXPECT_EQ(price.rates_for(101).input, 2);
    EXPECT_EQ(price.rates_for(200).input, 2);
    EXPECT_EQ(price.rates_for(201).input, 3);
    price.context_tiers.clear();
    EXPECT_EQ(price.rates_for(1'000'000).input, 1);
}

TEST(Price, CompletionRoundsUpAndLeavesStatedRatesAlone) {
    Price price;
    price.base = {3, 0, 1, 2, 5};
    price.context_tiers = {{100, {4, 0, {}, 7, {}}}};
    complete_context_tiers(price);
    EXPECT_EQ(price.context_tiers[0].rates.cached_input, 2) << "4/3 rounded up";
    EXPECT_EQ(price.context_tiers[0].rates.cache_write, 7);
    EXPECT_EQ(price.context_tiers[0].rates.cache_write_1h, 7) << "20/3 rounded up";
}

TEST(Price, CompletionOfAFreeBaseInventsNothing) {
    Price price;
    price.base = {0, 0, 1, {}, {}};
    price.context_tiers = {{100, {4, 0, {}, {}, {}}}};
    complete_context_tiers(price);
    EXPECT_FALSE(price.context_tiers[0].rates.cached_input.has_value());
}

}  // namespace
}  // namespace tierway::config
