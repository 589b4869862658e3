#include "tierway/config/import_litellm.hpp"

#include <algorithm>

#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kText = R"(model_list:
  - model_name: smart
    litellm_params: {model: openai/gpt-5, api_key: os.environ/OPENAI_API_KEY, rpm: 60, temperature: 0.2}
  - model_name: cheap
    litellm_params: {model: gemini/gemini-2.5-flash, api_key: os.environ/GEMINI_API_KEY}
  - model_name: cheap
    litellm_params: {model: groq/openai/gpt-oss-20b, api_key: os.environ/GROQ_API_KEY, tpm: 90000}
  - model_name: Own Model
    litellm_params: {model: openai/qwen3, api_base: "http://gpu:8000/v1", input_cost_per_token: 1.5e-07, output_cost_per_token: 3e-7}
  - model_name: deployed
    litellm_params: {model: azure/my-gpt, api_base: "https://r.openai.azure.com", api_key: sk-literal, api_version: 2025-04-01}
    model_info: {input_cost_per_token: 0.000002, output_cost_per_token: 0.000008}
  - model_name: vectors
    litellm_params: {model: openai/text-embedding-3-small}
    model_info: {mode: embedding}
  - model_name: "*"
    litellm_params: {model: "openai/*"}
  - model_name: router
    litellm_params:
      model: auto_router/complexity_router
      complexity_router_default_model: cheap
      complexity_router_config: {tiers: {SIMPLE: cheap, REASONING: smart}}
litellm_settings:
  drop_params: true
  num_retries: 2
  request_timeout: 30
  max_budget: 100
  budget_duration: 30d
  fallbacks: [{cheap: [smart, nowhere]}]
router_settings:
  model_group_alias: {gpt-4: smart}
  routing_strategy: simple-shuffle
general_settings: {master_key: sk-1234}
)";

Imported imported(std::string_view text = kText) {
    return import_litellm(text, "litellm.yaml", PriceCatalogue::built_in());
}

LoadResult loaded(const Imported& result) {
    const Environment environment =
        environment_of({{"OPENAI_API_KEY", "o"}, {"GEMINI_API_KEY", "g"}, {"GROQ_API_KEY", "q"}, {"AZURE_API_KEY", "a"}});
    return load_text(result.yaml, "t.yaml", PriceCatalogue::built_in(), environment);
}

const ImportNote* note_of(const Imported& result, std::string_view item) {
    const auto found =
        std::find_if(result.notes.begin(), result.notes.end(), [item](const ImportNote& note) { return note.item == item; });
    return found == result.notes.end() ? nullptr : &*found;
}

TEST(ImportLitellm, WritesAConfigurationThatLoads) {
    const Imported result = imported();
    ASSERT_TRUE(result.problems.empty()) << report_of(result.problems);
    const LoadResult load = loaded(result);
    ASSERT_NE(load.snapshot, nullptr) << report_of(load.problems) << result.yaml;
    const Snapshot& snapshot = *load.snapshot;
    ASSERT_EQ(snapshot.tiers.size(), 4U) << result.yaml;
    EXPECT_EQ(snapshot.tiers[0].name, "own-model") << "cheapest first";
    EXPECT_EQ(snapshot.tiers[1].name, "cheap");
    EXPECT_EQ(snapshot.tiers[2].name, "deployed");
    EXPECT_EQ(snapshot.tiers[3].name, "smart");
    ASSERT_EQ(snapshot.tiers[1].models.size(), 3U);
    EXPECT_EQ(snapshot.model(snapshot.tiers[1].models[0]).name, "google/gemini-2.5-flash");
    EXPECT_EQ(snapshot.model(snapshot.tiers[1].models[1]).name, "groq/openai/gpt-oss-20b");
    EXPECT_EQ(snapshot.model(snapshot.tiers[1].models[2]).name, "openai/gpt-5") << "the fallback";
    EXPECT_EQ(snapshot.aliases.at("smart"), "tier:smart");
    EXPECT_FALSE(snapshot.aliases.contains("Own Model")) << "no name here has a space";
    EXPECT_EQ(snapshot.aliases.at("gpt-4"), "tier:smart");
    EXPECT_EQ(snapshot.aliases.at("router"), "auto");
    EXPECT_EQ(snapshot.retry.attempts, 3U);
    ASSERT_EQ(snapshot.budgets.size(), 1U);
    EXPECT_EQ(snapshot.budgets[0].window, Window::Month);
    ASSERT_TRUE(snapshot.find_class("simple") && snapshot.find_class("reasoning"));
    EXPECT_EQ(snapshot.classifier.default_class, *snapshot.find_class("simple"));
    EXPECT_TRUE(snapshot.model(*snapshot.find_model("openai/gpt-5")).limits.requests.has_value());
    EXPECT_EQ(snapshot.model(*snapshot.find_model("compatible/qwen3")).price.base.input, 150'000);
    const Provider& azure = snapshot.provider(snapshot.model(*snapshot.find_model("azure/my-gpt")).provider);
    EXPECT_EQ(azure.dialect, Dialect::Azure);
    EXPECT_EQ(azure.api_version, "2025-04-01");
}

TEST(ImportLitellm, TellsHowWellEachThingCouldBeSaid) {
    const Imported result = imported();
    const struct {
        std::string_view item;
        ImportQuality quality;
        int line;
    } cases[] = {
        {"model_list[0] (smart)", ImportQuality::Exact, 2},
        {"model_list[0].litellm_params.temperature", ImportQuality::Unsupported, 3},
        {"model_list[2] (cheap)", ImportQuality::Approximate, 6},
        {"model_list[3] (Own Model)", ImportQuality::Approximate, 8},
        {"model_list[4].litellm_params.api_key", ImportQuality::Approximate, 11},
        {"model_list[5]", ImportQuality::Unsupported, 15},
        {"model_list[6]", ImportQuality::Unsupported, 16},
        {"model_list[7] (router)", ImportQuality::Approximate, 18},
        {"litellm_settings.drop_params", ImportQuality::Exact, 24},
        {"litellm_settings.num_retries", ImportQuality::Approximate, 25},
        {"litellm_settings.fallbacks", ImportQuality::Unsupported, 29},
        {"litellm_settings.fallbacks.cheap", ImportQuality::Approximate, 29},
        {"router_settings.model_group_alias.gpt-4", ImportQuality::Exact, 31},
        {"router_settings.routing_strategy", ImportQuality::Unsupported, 32},
        {"general_settings.master_key", ImportQuality::Unsupported, 33},
    };
    for (const auto& each : cases) {
        const ImportNote* note = note_of(result, each.item);
        ASSERT_NE(note, nullptr) << each.item;
        EXPECT_EQ(note->quality, each.quality) << each.item;
        EXPECT_EQ(note->line, each.line) << each.item;
        EXPECT_EQ(note->reason.empty(), each.quality == ImportQuality::Exact) << each.item;
    }
}

TEST(ImportLitellm, NeverRepeatsACredential) {
    const Imported result = imported();
    EXPECT_EQ(result.yaml.find("sk-"), std::string::npos) << result.yaml;
    for (const ImportNote& note : result.notes) {
        EXPECT_EQ(note.reason.find("sk-"), std::string::npos) << note.reason;
    }
}

TEST(ImportLitellm, RefusesWhatIsNoSuchFile) {
    for (const std::string_view text :
         {"", "a: b", "- a", "model_list: [", "model_list: []", "model_list: {a: b}", "model_list: [1, {}]"}) {
        const Imported result = imported(text);
        EXPECT_TRUE(result.yaml.empty()) << text;
        EXPECT_FALSE(result.problems.empty()) << text;
    }
}

}  // namespace
}  // namespace tierway::config::test
