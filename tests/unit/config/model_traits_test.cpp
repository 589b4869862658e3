#include "config/model_traits.hpp"

#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kPrice = "{price: {input: 0.05, output: 0.1}}";

Provider provider_of(std::string_view vendor, std::string_view host, Dialect dialect = Dialect::OpenAi) {
    Provider provider;
    provider.dialect = dialect;
    provider.compatible_with = vendor;
    provider.base_url.host = host;
    return provider;
}

Capabilities traits_of(const Provider& provider, std::string_view id) {
    Capabilities capabilities;
    apply_model_traits(provider, id, capabilities);
    return capabilities;
}

TEST(ModelTraits, AnthropicBefore46AndGeminiBefore3ThinkByNumber) {
    const Provider anthropic = provider_of("", "api.anthropic.com", Dialect::Anthropic);
    for (const std::string_view id : {"claude-sonnet-4-5-20250929", "claude-haiku-4-5", "claude-opus-4-1-20250805",
                                      "claude-opus-4-20250514", "claude-3-7-sonnet-20250219"}) {
        EXPECT_EQ(traits_of(anthropic, id).thinking, Thinking::Budget) << id;
    }
    for (const std::string_view id :
         {"claude-opus-4-6", "claude-opus-4-8", "claude-sonnet-5", "claude-haiku-5-5", "claude-fable-5-2"}) {
        EXPECT_EQ(traits_of(anthropic, id).thinking, Thinking::Effort) << id;
    }
    EXPECT_EQ(traits_of(anthropic, "claude-3-5-haiku-20241022").thinking, Thinking::None);
    const Provider google = provider_of("", "generativelanguage.googleapis.com", Dialect::Gemini);
    EXPECT_EQ(traits_of(google, "gemini-2.5-pro").thinking, Thinking::Budget);
    EXPECT_EQ(traits_of(google, "gemini-3.1-pro-preview").thinking, Thinking::Effort);
    EXPECT_EQ(traits_of(google, "gemini-flash-latest").thinking, Thinking::Effort);
    EXPECT_EQ(traits_of(google, "gemini-2.0-flash").thinking, Thinking::None);
    const Provider bedrock = provider_of("", "bedrock-runtime.us-east-1.amazonaws.com", Dialect::Bedrock);
    EXPECT_EQ(traits_of(bedrock, "us.anthropic.claude-sonnet-4-5-20250929-v1:0").thinking, Thinking::Budget);
}

TEST(ModelTraits, OpenAiModelsTakeTheWordsOfTheirGeneration) {
    const Provider openai = provider_of("openai", "api.openai.com");
    EXPECT_EQ(traits_of(openai, "o3-mini").efforts, (Efforts{Effort::Low, Effort::Medium, Effort::High}));
    EXPECT_TRUE(traits_of(openai, "gpt-5-mini").efforts.has(Effort::Minimal));
    EXPECT_FALSE(traits_of(openai, "gpt-5").efforts.has(Effort::None));
    EXPECT_TRUE(traits_of(openai, "gpt-5.2").efforts.has(Effort::None));
    EXPECT_FALSE(traits_of(openai, "gpt-6-astra").efforts.has(Effort::None));
    EXPECT_EQ(traits_of(openai, "gpt-4.1").thinking, Thinking::None);
}

TEST(ModelTraits, NewerOpenAiModelsDoNotServeToolsInChat) {
    const Provider openai = provider_of("openai", "api.openai.com");
    EXPECT_EQ(traits_of(openai, "gpt-5.4").chat, ChatSupport::Full);
    EXPECT_EQ(traits_of(openai, "gpt-5.6-sol").chat, ChatSupport::ToolsWithoutThinking);
    EXPECT_EQ(traits_of(openai, "gpt-6-astra").chat, ChatSupport::NoTools);
    EXPECT_EQ(traits_of(openai, "gpt-6.2-sol").chat, ChatSupport::NoTools);
    EXPECT_EQ(traits_of(openai, "gpt-5.3-codex").chat, ChatSupport::None);
    EXPECT_EQ(traits_of(provider_of("openai", "127.0.0.1"), "gpt-6.2-sol").chat, ChatSupport::Full)
        << "who serves it at another address has limits of their own";
}

TEST(ModelTraits, VendorsHaveWordsOfTheirOwn) {
    EXPECT_EQ(traits_of(provider_of("groq", "api.groq.com"), "qwen/qwen3.8-27b").efforts, Efforts{Effort::None});
    EXPECT_EQ(traits_of(provider_of("groq", "api.groq.com"), "openai/gpt-oss-20b").efforts,
              (Efforts{Effort::Low, Effort::Medium, Effort::High}));
    EXPECT_EQ(traits_of(provider_of("together", "api.together.xyz"), "openai/gpt-oss-20b").thinking, Thinking::Effort);
    EXPECT_EQ(traits_of(provider_of("together", "api.together.xyz"), "zai-org/GLM-5.3").thinking, Thinking::None);
    EXPECT_EQ(traits_of(provider_of("xai", "api.x.ai"), "grok-4.7").thinking, Thinking::None);
    EXPECT_EQ(traits_of(provider_of("xai", "api.x.ai"), "grok-4.3").thinking, Thinking::Effort);
    EXPECT_EQ(traits_of(provider_of("", "h"), "anything"), Capabilities()) << "nothing is known";
}

TEST(ModelTraits, TheCatalogueSaysWhatTakesNoSamplingAndDoesNotThink) {
    const PriceCatalogue& catalogue = PriceCatalogue::built_in();
    EXPECT_FALSE(catalogue.find("openai/gpt-5")->capabilities.sampling);
    EXPECT_TRUE(catalogue.find("openai/gpt-5.4")->capabilities.sampling);
    EXPECT_FALSE(catalogue.find("anthropic/claude-sonnet-5")->capabilities.sampling);
    EXPECT_TRUE(catalogue.find("anthropic/claude-opus-4-6")->capabilities.sampling);
    EXPECT_EQ(catalogue.find("openai/gpt-4o")->capabilities.thinking, Thinking::None);
    EXPECT_EQ(catalogue.find("groq/llama-3.3-70b-versatile")->capabilities.thinking, Thinking::None);
    EXPECT_EQ(catalogue.find("openai/gpt-5")->capabilities.thinking, Thinking::Effort);
}

TEST(LoadModels, ReadsWhatAModelTakes) {
    const LoadResult result =
        load_yaml(changed(kPrice, "{sampling: false, thinking: budget, efforts: [none, high], chat: tools_without_thinking, "
                                  "price: {input: 1, output: 1}}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Capabilities& capabilities = result.snapshot->model(ModelId{}).capabilities;
    EXPECT_FALSE(capabilities.sampling);
    EXPECT_EQ(capabilities.thinking, Thinking::Budget);
    EXPECT_EQ(capabilities.efforts, (Efforts{Effort::None, Effort::High}));
    EXPECT_EQ(capabilities.chat, ChatSupport::ToolsWithoutThinking);
    const Capabilities& listed = result.snapshot->model(*result.snapshot->find_model("openai/gpt-5")).capabilities;
    EXPECT_FALSE(listed.sampling);
    EXPECT_TRUE(listed.efforts.has(Effort::Minimal));
}

TEST(LoadModels, ReportsMistakesOfWhatAModelTakes) {
    expect_problems(std::to_array<Mistake>({
        {"sampling", kPrice, "{sampling: ^yes, price: {input: 1, output: 1}}", "must be `true` or `false`"},
        {"thinking", kPrice, "{thinking: ^budgt, price: {input: 1, output: 1}}", "Did you mean `budget`?"},
        {"effort", kPrice, "{efforts: [low, ^huge], price: {input: 1, output: 1}}", "must list some of `none`, `minimal`"},
        {"effort twice", kPrice, "{efforts: [low, ^low], price: {input: 1, output: 1}}", "lists `low` twice"},
        {"no effort", kPrice, "{efforts: ^[], price: {input: 1, output: 1}}", "must list at least one word"},
        {"chat", kPrice, "{chat: ^tools, price: {input: 1, output: 1}}", "must be `full`, `tools_without_thinking`"},
    }));
}

TEST(DialectOf, IsResponsesWhereChatDoesNotServeWhatIsAsked) {
    const LoadResult result = load_yaml(kValidText);
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Snapshot& snapshot = *result.snapshot;
    const ModelId astra = *snapshot.find_model("openai/gpt-6-astra");
    EXPECT_TRUE(snapshot.provider(snapshot.model(astra).provider).responses);
    EXPECT_EQ(snapshot.dialect_of(astra, true), Dialect::OpenAiResponses);
    EXPECT_EQ(snapshot.dialect_of(astra, false), Dialect::OpenAi);
    EXPECT_EQ(snapshot.dialect_of(*snapshot.find_model("openai/gpt-5"), true), Dialect::OpenAi);
    EXPECT_EQ(snapshot.dialect_of(*snapshot.find_model("onprem/qwen"), true), Dialect::OpenAi);
}

TEST(DialectOf, WithoutResponsesSuchAModelHasNoTools) {
    const LoadResult result =
        load_yaml(changed("api_key: \"${OPENAI_API_KEY}\"}", "responses: false, api_key: \"${OPENAI_API_KEY}\"}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const ModelId astra = *result.snapshot->find_model("openai/gpt-6-astra");
    EXPECT_EQ(result.snapshot->dialect_of(astra, true), Dialect::OpenAi);
    EXPECT_EQ(result.snapshot->model(astra).capabilities.tools, Support::No);
}

}  // namespace
}  // namespace tierway::config::test
