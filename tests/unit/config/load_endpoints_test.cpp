#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kSmall = "small: [onprem/qwen, openai/gpt-5-mini]";
constexpr std::string_view kCode = "  code: {tier: mid}\n";

/// The valid text with a tier of embedding models, a class for it and an endpoint that names the class.
std::string embedding_text() {
    std::string text = changed(kSmall, "vectors: [openai/text-embedding-3-small]\n  " + std::string(kSmall));
    text.replace(text.find(kCode), kCode.size(), std::string(kCode) + "  embed: {tier: vectors}\n");
    return text + "endpoints: {embeddings: {class: embed}}\n";
}

/// The problems of that text with `from` replaced.
std::string problems_with(std::string_view from, std::string_view to) {
    std::string text = embedding_text();
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return report_of(load_yaml(text.replace(at, from.size(), to)).problems);
}

TEST(LoadEndpoints, GiveEmbeddingsAClassOfTheirOwn) {
    const LoadResult result = load_yaml(embedding_text());
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Snapshot& snapshot = *result.snapshot;
    ASSERT_TRUE(snapshot.embeddings_class);
    EXPECT_EQ(snapshot.request_class(*snapshot.embeddings_class).name, "embed");
    EXPECT_EQ(snapshot.kind_of(TierId(0)), ModelKind::Embedding);
    EXPECT_EQ(snapshot.kind_of(snapshot.frontier()), ModelKind::Chat);
    EXPECT_EQ(report_of(result.warnings), "");
}

TEST(LoadEndpoints, WithoutThemThereAreNoEmbeddings) {
    EXPECT_FALSE(load_yaml(kValidText).snapshot->embeddings_class);
}

TEST(LoadEndpoints, AModelThatTheCatalogueDoesNotKnowSaysItsKind) {
    std::string text = embedding_text();
    text.replace(text.find("openai/text-embedding-3-small"), 29, "onprem/bge, openai/text-embedding-3-small");
    text.replace(text.find("models:\n"), 8, "models:\n  onprem/bge: {kind: embedding, price: {input: 0.01, output: 0}}\n");
    const LoadResult result = load_yaml(text);
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.snapshot->model(*result.snapshot->find_model("onprem/bge")).kind, ModelKind::Embedding);
}

TEST(LoadEndpoints, RefuseTiersThatMixKinds) {
    EXPECT_NE(problems_with("[onprem/qwen,", "[openai/text-embedding-3-large, onprem/qwen,").find("mixes models that answer chats"), std::string::npos);
    EXPECT_NE(problems_with("[openai/gpt-5]", "[openai/gpt-5, openai/text-embedding-3-large]")
                  .find("`tiers.mid` mixes models that answer chats with embedding models, of which `openai/text-embedding-3-large`"),
              std::string::npos);
}

TEST(LoadEndpoints, RefuseEmbeddingTiersBeyondTheFirst) {
    EXPECT_NE(problems_with("  mid: [openai/gpt-5]", "  mid: [openai/text-embedding-3-large]").find("it must be the first"), std::string::npos);
}

TEST(LoadEndpoints, RefuseClassesThatDoNotFit) {
    EXPECT_NE(problems_with("{class: embed}", "{class: code}").find("names a class whose tier is not of embedding models"), std::string::npos);
    EXPECT_NE(problems_with("{class: embed}", "{class: embd}").find("Did you mean `embed`?"), std::string::npos);
    EXPECT_NE(problems_with("{class: embed}", "{}").find("`endpoints.embeddings` lacks `class`"), std::string::npos);
    EXPECT_NE(problems_with("{tier: vectors}", "{tier: vectors, max_tier: mid}").find("names a class that may climb"), std::string::npos);
    EXPECT_NE(problems_with("default_class: chat", "default_class: embed").find("the classifier gives to chats"), std::string::npos);
    EXPECT_NE(problems_with("{class: code, when", "{class: embed, when").find("the classifier gives to chats"), std::string::npos);
    EXPECT_NE(problems_with("endpoints: {embeddings: {class: embed}}\n", "").find("The class `embed` is bound to the tier of embedding models"), std::string::npos);
    EXPECT_NE(problems_with("{embeddings:", "{embedings:").find("Did you mean `embeddings`?"), std::string::npos);
}

TEST(LoadEndpoints, RefuseOpinionsAndProvidersThatCannotBe) {
    EXPECT_NE(problems_with("below: 0.6", "below: 0.6, verifier: {model: openai/text-embedding-3-large}")
                  .find("is an embedding model, which cannot answer a chat"),
              std::string::npos);
    EXPECT_NE(problems_with("models:\n", "  ant: {dialect: anthropic, base_url: \"http://127.0.0.1:8001\"}\n"
                                         "models:\n  ant/v: {kind: embedding, price: {input: 1, output: 0}}\n")
                  .find("in the words of OpenAI's API alone, which its provider does not speak"),
              std::string::npos);
}

}  // namespace
}  // namespace tierway::config::test
