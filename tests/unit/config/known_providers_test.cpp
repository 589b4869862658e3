#include "tierway/config/known_providers.hpp"

#include <set>

#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

/// A configuration of one tier, one class and what is given.
LoadResult load_with(const std::string& sections, const std::string& models, std::map<std::string, std::string> variables) {
    return load_text("version: 1\n" + sections + "tiers: {small: [" + models +
                         "]}\nclasses: {chat: {tier: small}}\nclassifier: {default_class: chat}\n",
                     "t.yaml", PriceCatalogue::built_in(), environment_of(std::move(variables)));
}

const Provider& only_provider(const LoadResult& result) {
    EXPECT_NE(result.snapshot, nullptr) << report_of(result.problems);
    static const Provider none;
    return result.snapshot && result.snapshot->providers.size() == 1 ? result.snapshot->providers.front() : none;
}

TEST(KnownProviders, AreThoseOfTheCatalogueAndMore) {
    std::set<std::string, std::less<>> names;
    for (const KnownProvider& known : known_providers()) {
        EXPECT_TRUE(is_name(known.name)) << known.name;
        EXPECT_TRUE(names.emplace(known.name).second) << known.name;
        EXPECT_EQ(find_known_provider(known.name), &known);
    }
    for (const auto& [model, entry] : PriceCatalogue::built_in().entries()) {
        EXPECT_TRUE(names.contains(std::string_view(model).substr(0, model.find('/')))) << model;
    }
    EXPECT_EQ(find_known_provider("nobody"), nullptr);
    EXPECT_EQ(find_known_host(""), nullptr);
    EXPECT_EQ(find_known_host("api.mistral.ai"), find_known_provider("mistral"));
}

TEST(KnownProviders, NeedNoMoreThanTheirKeyInTheEnvironment) {
    const struct {
        std::string model;
        std::string variable;
        Dialect dialect;
        std::string host;
        std::string prefix;
    } cases[] = {
        {"openai/gpt-5", "OPENAI_API_KEY", Dialect::OpenAi, "api.openai.com", "/v1"},
        {"anthropic/claude-sonnet-5", "ANTHROPIC_API_KEY", Dialect::Anthropic, "api.anthropic.com", ""},
        {"google/gemini-2.5-flash", "GEMINI_API_KEY", Dialect::Gemini, "generativelanguage.googleapis.com", "/v1beta"},
        {"google/gemini-2.5-flash", "GOOGLE_API_KEY", Dialect::Gemini, "generativelanguage.googleapis.com", "/v1beta"},
        {"mistral/mistral-large-latest", "MISTRAL_API_KEY", Dialect::OpenAi, "api.mistral.ai", "/v1"},
        {"groq/openai/gpt-oss-20b", "GROQ_API_KEY", Dialect::OpenAi, "api.groq.com", "/openai/v1"},
        {"deepseek/deepseek-flash", "DEEPSEEK_API_KEY", Dialect::OpenAi, "api.deepseek.com", ""},
        {"together/openai/gpt-oss-20b", "TOGETHER_API_KEY", Dialect::OpenAi, "api.together.xyz", "/v1"},
        {"fireworks/accounts/fireworks/models/glm-5p3", "FIREWORKS_API_KEY", Dialect::OpenAi, "api.fireworks.ai", "/inference/v1"},
        {"xai/grok-4.5", "XAI_API_KEY", Dialect::OpenAi, "api.x.ai", "/v1"},
        {"cohere/command-a-03-2025", "CO_API_KEY", Dialect::OpenAi, "api.cohere.ai", "/compatibility/v1"},
    };
    for (const auto& each : cases) {
        SCOPED_TRACE(each.model + " " + each.variable);
        const LoadResult result = load_with("", each.model, {{each.variable, "k-1"}});
        const Provider& provider = only_provider(result);
        EXPECT_EQ(provider.name, each.model.substr(0, each.model.find('/')));
        EXPECT_EQ(provider.dialect, each.dialect);
        EXPECT_TRUE(provider.base_url.tls);
        EXPECT_EQ(provider.base_url.host, each.host);
        EXPECT_EQ(provider.base_url.prefix, each.prefix);
        EXPECT_EQ(provider.api_key.reveal(), "k-1");
        EXPECT_EQ(provider.boundary, Boundary::Outside);
        EXPECT_EQ(provider.compatible_with, each.dialect == Dialect::OpenAi ? provider.name : "");
    }
}

TEST(KnownProviders, OfUnlistedModelsNeedAPriceToo) {
    const std::string price = "{price: {input: 1, output: 2}}";
    for (const std::string name : {"openrouter", "cerebras"}) {
        const std::string model = name + "/vendor/model:free";
        const std::string variable = name == "cerebras" ? "CEREBRAS_API_KEY" : "OPENROUTER_API_KEY";
        const LoadResult result = load_with("models: {\"" + model + "\": " + price + "}\n", "\"" + model + "\"", {{variable, "k"}});
        EXPECT_EQ(only_provider(result).name, name);
    }
    const LoadResult local = load_with("models: {ollama/qwen3: " + price + "}\n", "ollama/qwen3", {});
    const Provider& ollama = only_provider(local);
    EXPECT_FALSE(ollama.base_url.tls);
    EXPECT_EQ(ollama.base_url.port, 11434);
    EXPECT_TRUE(ollama.api_key.empty()) << "it needs none";
}

TEST(KnownProviders, NameTheVariableThatIsMissing) {
    for (const std::string value : {"unset", "empty"}) {
        const LoadResult result = load_with("", "mistral/mistral-large-latest",
                                            value == "empty" ? std::map<std::string, std::string>{{"MISTRAL_API_KEY", ""}}
                                                             : std::map<std::string, std::string>{});
        ASSERT_EQ(result.problems.size(), 1U) << report_of(result.problems);
        EXPECT_EQ(result.problems.front().to_string(),
                  "t.yaml:2:17: `tiers.small`: `mistral/mistral-large-latest` is a model of the known provider `mistral`, which "
                  "needs the environment variable `MISTRAL_API_KEY`, which is not set or empty.");
    }
    const LoadResult own = load_with("", "vllm/qwen", {});
    ASSERT_EQ(own.problems.size(), 1U) << report_of(own.problems);
    EXPECT_NE(own.problems.front().message.find("needs an entry under `providers` with a `base_url`"), std::string::npos);
    const LoadResult broken = load_with("", "mistral/mistral-large-latest", {{"MISTRAL_API_KEY", "k-secret\n"}});
    ASSERT_EQ(broken.problems.size(), 1U);
    EXPECT_NE(broken.problems.front().message.find("`MISTRAL_API_KEY` must hold at most"), std::string::npos);
    EXPECT_EQ(report_of(broken.problems).find("secret"), std::string::npos);
}

TEST(KnownProviders, AreSuggestedForMisspeltOnes) {
    const LoadResult result = load_with("", "mistrall/mistral-large-latest", {});
    ASSERT_EQ(result.problems.size(), 1U) << report_of(result.problems);
    EXPECT_NE(result.problems.front().message.find("Did you mean `mistral`?"), std::string::npos) << report_of(result.problems);
}

TEST(KnownProviders, StandBesideThoseThatAreConfigured) {
    const LoadResult result = load_with("providers: {openai: {dialect: openai, base_url: \"http://127.0.0.1:9/v1\"}}\n",
                                        "openai/gpt-5, groq/openai/gpt-oss-20b", {{"GROQ_API_KEY", "k"}, {"OPENAI_API_KEY", "o"}});
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    ASSERT_EQ(result.snapshot->providers.size(), 2U);
    EXPECT_TRUE(result.snapshot->providers[0].api_key.empty()) << "the vendor's key is not sent to another address";
    EXPECT_EQ(result.snapshot->providers[1].name, "groq");
}

TEST(KnownProviders, FillInWhatTheirEntryLeavesOut) {
    const LoadResult result = load_with("providers: {mistral: {idle_connections_max: 3}}\n", "mistral/mistral-large-latest",
                                        {{"MISTRAL_API_KEY", "k"}});
    const Provider& provider = only_provider(result);
    EXPECT_EQ(provider.base_url.host, "api.mistral.ai");
    EXPECT_EQ(provider.api_key.reveal(), "k");
    EXPECT_EQ(provider.compatible_with, "mistral");
    EXPECT_EQ(provider.idle_connections_max, 3U);

    const LoadResult keyed = load_with("providers: {mistral: {api_key: \"${OTHER}\"}}\n", "mistral/mistral-large-latest",
                                       {{"OTHER", "o"}, {"MISTRAL_API_KEY", "k"}});
    EXPECT_EQ(only_provider(keyed).api_key.reveal(), "o");

    const LoadResult missing = load_with("providers: {mistral: {idle_connections_max: 3}}\n", "mistral/mistral-large-latest", {});
    ASSERT_EQ(missing.problems.size(), 1U) << report_of(missing.problems);
    EXPECT_EQ(missing.problems.front().to_string(),
              "t.yaml:2:13: `providers.mistral` needs the environment variable `MISTRAL_API_KEY`, which is not set or empty.");
}

TEST(KnownProviders, LendTheirFormToOthers) {
    const std::string models = "models: {eu/m: {price: {input: 1, output: 1}}}\n";
    const LoadResult second = load_with(
        "providers: {eu: {compatible_with: mistral, api_key: \"${EU_KEY}\"}}\n" + models, "eu/m", {{"EU_KEY", "e"}});
    EXPECT_EQ(only_provider(second).compatible_with, "mistral");
    EXPECT_EQ(only_provider(second).base_url.host, "api.mistral.ai") << "a second account of the vendor";
    const LoadResult other = load_with(
        "providers: {eu: {compatible_with: vllm, base_url: \"http://gpu:8000/v1\"}}\n" + models, "eu/m", {});
    EXPECT_EQ(only_provider(other).compatible_with, "vllm");
    EXPECT_EQ(only_provider(other).dialect, Dialect::OpenAi);
    const LoadResult by_host =
        load_with("providers: {eu: {dialect: openai, base_url: \"https://api.groq.com/openai/v1\"}}\n" + models, "eu/m", {});
    EXPECT_EQ(only_provider(by_host).compatible_with, "groq");
    const LoadResult nobody =
        load_with("providers: {eu: {dialect: openai, base_url: \"http://127.0.0.1:1/v1\"}}\n" + models, "eu/m", {});
    EXPECT_EQ(only_provider(nobody).compatible_with, "");
}

TEST(KnownProviders, OneVendorForADialectMeansItsAddress) {
    const LoadResult result =
        load_with("providers: {claude: {dialect: anthropic, api_key: \"${K}\", api_version: 2026-10-21}}\n"
                  "models: {claude/x: {price: {input: 1, output: 1}}}\n",
                  "claude/x", {{"K", "k"}});
    const Provider& provider = only_provider(result);
    EXPECT_EQ(provider.base_url.host, "api.anthropic.com");
    EXPECT_EQ(provider.api_version, "2026-10-21");
}

TEST(KnownProviders, OfBedrockNeedARegionAndAKeyOrAPair) {
    const std::string model = "\"bedrock/amazon.nova-lite-v1:0\"";
    const LoadResult bearer = load_with("", model, {{"AWS_REGION", "eu-west-1"}, {"AWS_BEARER_TOKEN_BEDROCK", "b"}});
    EXPECT_EQ(only_provider(bearer).base_url.host, "bedrock-runtime.eu-west-1.amazonaws.com");
    EXPECT_EQ(only_provider(bearer).api_key.reveal(), "b");
    EXPECT_EQ(only_provider(bearer).region, "eu-west-1");

    const LoadResult pair = load_with("", model,
                                      {{"AWS_DEFAULT_REGION", "us-east-1"},
                                       {"AWS_ACCESS_KEY_ID", "a"},
                                       {"AWS_SECRET_ACCESS_KEY", "s"},
                                       {"AWS_SESSION_TOKEN", "t"}});
    EXPECT_TRUE(only_provider(pair).api_key.empty());
    EXPECT_EQ(only_provider(pair).aws.access_key_id.reveal(), "a");
    EXPECT_EQ(only_provider(pair).aws.secret_access_key.reveal(), "s");
    EXPECT_EQ(only_provider(pair).aws.session_token.reveal(), "t");

    const LoadResult homeless = load_with("", model, {{"AWS_BEARER_TOKEN_BEDROCK", "b"}});
    ASSERT_EQ(homeless.problems.size(), 1U);
    EXPECT_NE(homeless.problems.front().message.find("`AWS_REGION`, which is not set"), std::string::npos);
    const LoadResult half = load_with("", model, {{"AWS_REGION", "us-east-1"}, {"AWS_ACCESS_KEY_ID", "a"}});
    ASSERT_EQ(half.problems.size(), 1U);
    EXPECT_NE(half.problems.front().message.find("`AWS_BEARER_TOKEN_BEDROCK`, which is not set or empty, or `AWS_ACCESS_KEY_ID` "
                                                 "and `AWS_SECRET_ACCESS_KEY`"),
              std::string::npos)
        << report_of(half.problems);
}

TEST(KnownProviders, RefuseModelsThatAreServedInNoApiOfTheirs) {
    const LoadResult reachable = load_with("", "openai/gpt-5-pro", {{"OPENAI_API_KEY", "k"}});
    ASSERT_NE(reachable.snapshot, nullptr) << report_of(reachable.problems);
    EXPECT_EQ(reachable.snapshot->dialect_of(ModelId{}, false), Dialect::OpenAiResponses);
    const LoadResult result = load_with("providers: {openai: {responses: false}}\n", "openai/gpt-5-pro", {{"OPENAI_API_KEY", "k"}});
    ASSERT_EQ(result.problems.size(), 1U) << report_of(result.problems);
    EXPECT_NE(result.problems.front().message.find("`openai/gpt-5-pro` is not served in Chat Completions"), std::string::npos);
}

}  // namespace
}  // namespace tierway::config::test
