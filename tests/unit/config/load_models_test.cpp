#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kPrice = "{price: {input: 0.05, output: 0.1}}";
constexpr std::string_view kSmall = "small: [onprem/qwen, openai/gpt-5-mini]";

TEST(LoadModels, ReportsMistakesAtTheirPlace) {
    expect_problems(std::to_array<Mistake>({
        {"unpriced here", "frontier: [openai/gpt-6-astra]", "frontier: [^openai/gpt-6-astr]",
         "Did you mean `openai/gpt-6-astra`?"},
        {"how to price", "mid: [openai/gpt-5]", "mid: [^openai/nothing-like-it]",
         "write under `models`: `openai/nothing-like-it: {price: {input: …, output: …}}`, in USD per million tokens"},
        {"unpriced in models", "onprem/qwen: {price: {input: 0.05, output: 0.1}}", "^onprem/qwen: {context: 100}",
         "`onprem/qwen` has no price"},
        {"unknown provider", "mid: [openai/gpt-5]", "mid: [^opnai/gpt-5]",
         "which `providers` does not have. Did you mean `openai`?"},
        {"no provider", "mid: [openai/gpt-5]", "mid: [^gpt-5]",
         "is not a model: write `provider/model`. Did you mean `openai/gpt-5`?"},
        {"no model", "mid: [openai/gpt-5]", "mid: [^openai/]", "`openai/` is not a model"},
        {"model with a space", "mid: [openai/gpt-5]", "mid: [^openai/gpt 5]", "must be 1 to 128 visible ASCII characters"},
        {"settings that are a list", kPrice, "^[]", "`models.onprem/qwen` must be a mapping"},
        {"unknown setting", kPrice, "{^contxt: 5, price: {input: 0.05, output: 0.1}}", "Did you mean `context`?"},
        {"no output price", kPrice, "{price: ^{input: 0.05}}", "`models.onprem/qwen.price` lacks `output`"},
        {"negative price", kPrice, "{price: {input: ^-1, output: 0.1}}", "must be a plain number of USD per million tokens"},
        {"price with exponent", kPrice, "{price: {input: ^1e-3, output: 0.1}}", "must be a plain number"},
        {"price too fine", kPrice, "{price: {input: ^0.0000001, output: 0.1}}", "may have at most six decimals"},
        {"price too high", kPrice, "{price: {input: ^100001, output: 0.1}}", "must be from 0 to 100000"},
        {"price in quotes", kPrice, "{price: {input: ^\"1\", output: 0.1}}", "must be written without quotes"},
        {"price with dollar", kPrice, "{price: {input: ^$1, output: 0.1}}", "must be a plain number"},
        {"context tiers not ascending", kPrice,
         "{price: {input: 1, output: 1, context_tiers: [{above: 9, input: 1, output: 1}, {above: ^9, input: 1, output: 1}]}}",
         "`models.onprem/qwen.price.context_tiers[1].above` must be more than that of the entry before it"},
        {"a lane that is not sold", kPrice, "{price: {input: 1, output: 1, service_tiers: {^scale: 2}}}",
         "`models.onprem/qwen.price.service_tiers` has no key `scale`"},
        {"a lane for nothing", kPrice, "{price: {input: 1, output: 1, service_tiers: {flex: ^0}}}",
         "`models.onprem/qwen.price.service_tiers.flex` must be a plain number from 0.001 to 100"},
        {"context tier without bound", kPrice, "{price: {input: 1, output: 1, context_tiers: [^{input: 1, output: 1}]}}",
         "lacks `above`"},
        {"context of zero", kPrice, "{context: ^0, price: {input: 1, output: 1}}", "must be a whole number from 1 to 100000000"},
        {"unknown capability", kPrice, "{supports: [^visoin], price: {input: 1, output: 1}}",
         "has no capability `visoin`. Did you mean `vision`?"},
        {"capability twice", kPrice, "{supports: [tools, ^tools], price: {input: 1, output: 1}}", "lists `tools` twice"},
        {"bad upstream name", kPrice, "{upstream_name: ^\"a b\", price: {input: 1, output: 1}}", "visible ASCII characters"},
        {"empty tier", kSmall, "small: ^[]", "`tiers.small` needs at least one model."},
        {"tier that is a value", kSmall, "small: ^onprem/qwen", "`tiers.small` must be a list of models"},
        {"model twice", kSmall, "small: [onprem/qwen, ^onprem/qwen]", "`tiers.small` lists `onprem/qwen` twice."},
        {"mapping in a tier", kSmall, "small: [onprem/qwen, ^{a: b}]", "must list model names, not a mapping"},
        {"tier name", "  mid: [openai/gpt-5]", "  mid: [openai/gpt-5]\n  ^Big: [openai/gpt-5]",
         "The tier name `Big` must be 1 to 64"},
    }));
}

TEST(LoadModels, AMistakenModelOnTwoTiersIsReportedOnce) {
    const LoadResult result =
        load_yaml(changed("mid: [openai/gpt-5]\n  frontier: [openai/gpt-6-astra]", "mid: [openai/x]\n  frontier: [openai/x]"));
    EXPECT_EQ(result.problems.size(), 1U) << report_of(result.problems);
}

TEST(LoadModels, WarnsOfDoubtfulTiers) {
    expect_warnings(std::to_array<Mistake>({
        {"on no tier", "  onprem/qwen: {price: {input: 0.05, output: 0.1}}",
         "  onprem/qwen: {price: {input: 0.05, output: 0.1}}\n  ^onprem/idle: {price: {input: 0.05, output: 0.1}}",
         "`onprem/idle` is on no tier"},
        {"not cheapest first", "  mid: [openai/gpt-5]\n  frontier: [openai/gpt-6-astra]",
         "  mid: [openai/gpt-6-astra]\n  ^frontier: [openai/gpt-5]", "Tiers are to be ordered cheapest first"},
        {"deprecated", "mid: [openai/gpt-5]", "mid: [openai/gpt-5, ^openai/gpt-4]",
         "`openai/gpt-4` is deprecated by its provider"},
    }));
}

TEST(LoadModels, TakesWhatIsNotWrittenFromTheCatalogue) {
    const LoadResult result = load_yaml(
        changed(kPrice, "{price: {input: 0.05, output: 0.1}}\n  openai/gpt-5-mini: {upstream_name: mini, max_output: 99}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Model& model = result.snapshot->model(result.snapshot->find_model("openai/gpt-5-mini").value());
    const CatalogueEntry& listed = *PriceCatalogue::built_in().find("openai/gpt-5-mini");
    EXPECT_EQ(model.upstream_name, "mini");
    EXPECT_EQ(model.output_tokens_max, 99);
    EXPECT_EQ(model.context_tokens, listed.context_tokens);
    EXPECT_EQ(model.price.base.input, listed.price.base.input);
    EXPECT_EQ(model.price.base.cached_input, listed.price.base.cached_input);
    EXPECT_EQ(model.capabilities.tools, Support::Yes);
    EXPECT_FALSE(model.capabilities.logprobs);
    EXPECT_EQ(result.snapshot->provider(model.provider).name, "openai");
}

TEST(LoadModels, AModelWithoutSettingsMayHaveNoValue) {
    const LoadResult result = load_yaml(changed(kPrice, "{price: {input: 0.05, output: 0.1}}\n  openai/gpt-5-mini:"));
    EXPECT_NE(result.snapshot, nullptr) << report_of(result.problems);
}

TEST(LoadModels, AGivenPriceReplacesTheListedOneWhole) {
    const LoadResult result =
        load_yaml(changed(kPrice, "{price: {input: 0.05, output: 0.1}}\n  openai/gpt-6-astra: {price: {input: 7, output: 9}}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Price& price = result.snapshot->model(result.snapshot->find_model("openai/gpt-6-astra").value()).price;
    EXPECT_EQ(price.base.input, 7'000'000);
    EXPECT_EQ(price.base.output, 9'000'000);
    EXPECT_FALSE(price.base.cached_input.has_value());
    EXPECT_TRUE(price.context_tiers.empty());
}

TEST(LoadModels, ReadsEveryPriceExactly) {
    const LoadResult result = load_yaml(changed(
        kPrice,
        "{price: {input: 0.000001, output: 100000, cached_input: 0.00875, cache_write: 0, cache_write_1h: 0.000003, "
        "context_tiers: [{above: 200000, input: 0.000002, output: 1.5}], service_tiers: {flex: 0.5, priority: 2.125}}, "
        "context: 5, max_output: 4}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Model& model = result.snapshot->model(ModelId{});
    EXPECT_EQ(model.price.base.input, 1);
    EXPECT_EQ(model.price.base.output, 100'000'000'000);
    EXPECT_EQ(model.price.base.cached_input, 8'750);
    EXPECT_EQ(model.price.base.cache_write, 0);
    EXPECT_EQ(model.price.base.cache_write_1h, 3);
    EXPECT_EQ(model.price.flex_permille, 500);
    EXPECT_EQ(model.price.priority_permille, 2'125);
    ASSERT_EQ(model.price.context_tiers.size(), 1U);
    EXPECT_EQ(model.price.context_tiers[0].prompt_tokens_above, 200'000);
    EXPECT_EQ(model.price.context_tiers[0].rates.output, 1'500'000);
    EXPECT_EQ(model.price.context_tiers[0].rates.cached_input, 17'500) << "the base's share of its input rate";
    EXPECT_EQ(model.context_tokens, 5);
    EXPECT_EQ(model.output_tokens_max, 4);
}

TEST(LoadModels, AListOfCapabilitiesIsExact) {
    const LoadResult listed = load_yaml(changed(kPrice, "{supports: [audio, logprobs], price: {input: 1, output: 1}}"));
    ASSERT_NE(listed.snapshot, nullptr) << report_of(listed.problems);
    const Capabilities& exact = listed.snapshot->model(ModelId{}).capabilities;
    EXPECT_EQ(exact.audio, Support::Yes);
    EXPECT_TRUE(exact.logprobs);
    EXPECT_EQ(exact.vision, Support::No);
    EXPECT_EQ(exact.tools, Support::No);
    EXPECT_EQ(exact.json_schema, Support::No);
    EXPECT_FALSE(exact.prefill);
    const Capabilities unknown = load_yaml(kValidText).snapshot->model(ModelId{}).capabilities;
    EXPECT_EQ(unknown.vision, Support::Unknown);
    EXPECT_EQ(unknown.audio, Support::No);
    EXPECT_FALSE(unknown.logprobs);
}

TEST(LoadModels, OnlyTheConfigurationSaysThatAModelSupportsPrefill) {
    const LoadResult result = load_yaml(changed(kPrice, "{supports: [tools, prefill], price: {input: 1, output: 1}}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_TRUE(result.snapshot->model(ModelId{}).capabilities.prefill);
    EXPECT_FALSE(load_yaml(kValidText).snapshot->model(ModelId{}).capabilities.prefill) << "not unless it is said";
    for (const auto& [name, entry] : PriceCatalogue::built_in().entries()) {
        EXPECT_FALSE(entry.capabilities.prefill) << name;
    }
}

TEST(LoadModels, AModelNameMayHoldSlashesAndColons) {
    const LoadResult result =
        load_yaml(changed("onprem/qwen: {", "onprem/a/b:c@d: {price: {input: 1, output: 1}}\n  onprem/qwen: {"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.snapshot->model(result.snapshot->find_model("onprem/a/b:c@d").value()).upstream_name, "a/b:c@d");
}

}  // namespace
}  // namespace tierway::config::test
