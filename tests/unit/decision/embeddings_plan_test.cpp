#include <gtest/gtest.h>

#include <optional>

#include "tierway/config/load.hpp"
#include "tierway/decision/plan.hpp"

namespace tierway::decision {
namespace {

constexpr const char* kConfiguration = R"(
version: 1
providers:
  near: {dialect: openai, base_url: "http://127.0.0.1:9/v1"}
models:
  near/vector: {kind: embedding, price: {input: 1, output: 0}, context: 10}
  near/spare: {kind: embedding, price: {input: 2, output: 0}, context: 1000}
  near/cheap: {price: {input: 1, output: 2}}
  near/dear: {price: {input: 10, output: 20}}
tiers: {vectors: [near/vector, near/spare], small: [near/cheap], frontier: [near/dear]}
classes:
  chat: {tier: small, max_tier: frontier}
  embed: {tier: vectors, caps: {prompt_tokens: 500}}
endpoints: {embeddings: {class: embed}}
classifier: {default_class: chat}
aliases: {text-embedding-3-small: near/vector}
)";

class EmbeddingsPlan : public ::testing::Test {
protected:
    /// Empty, or the code of the refusal.
    std::string plan(const std::string& body, config::ModelKind kind, PlanOptions options = {}) {
        EXPECT_NE(snapshot_, nullptr);
        body_ = body;
        options.kind = kind;
        options.principal = &policy::local_principal();
        const auto planned = make_plan(*snapshot_, classifier_, options, body_, parser_, SteadyTime{}, plan_);
        return planned ? std::string() : std::string(planned.error().code());
    }
    std::string embed(const std::string& model, const std::string& input = R"("12345678")", PlanOptions options = {}) {
        return plan(R"({"model":")" + model + R"(","input":)" + input + "}", config::ModelKind::Embedding, options);
    }
    std::string chat(const std::string& model, PlanOptions options = {}) {
        return plan(R"({"model":")" + model + R"(","messages":[{"role":"user","content":"hi"}]})", config::ModelKind::Chat, options);
    }
    std::vector<std::string> targets() const {
        std::vector<std::string> names;
        for (const config::ModelId model : plan_.route->targets) {
            names.push_back(snapshot_->model(model).name);
        }
        return names;
    }
    using Names = std::vector<std::string>;

    config::SnapshotPtr snapshot_ =
        config::load_text(kConfiguration, "test.yaml", config::PriceCatalogue::built_in(), [](const std::string&) {
            return std::nullopt;
        }).snapshot;
    classify::Classifier classifier_{snapshot_};
    wire::JsonParser parser_;
    std::string body_;
    Plan plan_;
};

TEST_F(EmbeddingsPlan, HasTheClassOfTheEndpoint) {
    ASSERT_EQ(embed("auto"), "");
    EXPECT_EQ(plan_.classification->stage, "endpoint");
    EXPECT_EQ(snapshot_->request_class(plan_.route->request_class).name, "embed");
    EXPECT_EQ(targets(), (Names{"near/vector", "near/spare"}));
    EXPECT_FALSE(plan_.route->cascade);
    EXPECT_FALSE(plan_.route->when_down);
}

TEST_F(EmbeddingsPlan, CostsItsInputAlone) {
    ASSERT_EQ(embed("near/vector"), "");
    // Eight bytes may be four tokens at 1 USD per million, and nothing is written.
    EXPECT_EQ(plan_.gate.estimate.nano(), 4'000);
    EXPECT_EQ(output_tokens_bound(*snapshot_, plan_.route->targets.front(), plan_), 0);
}

TEST_F(EmbeddingsPlan, AModelThatIsNamedHasNoFallback) {
    ASSERT_EQ(embed("text-embedding-3-small"), "");
    EXPECT_EQ(targets(), (Names{"near/vector"}));
}

TEST_F(EmbeddingsPlan, GivesEachInputTheWindowToItself) {
    // Four inputs of eight tokens fit a window of ten one by one; one of eleven does not.
    const std::string eight = "[1,2,3,4,5,6,7,8]";
    ASSERT_EQ(embed("auto", "[" + eight + "," + eight + "," + eight + "," + eight + "]"), "");
    EXPECT_EQ(targets().front(), "near/vector");
    ASSERT_EQ(embed("auto", "[1,2,3,4,5,6,7,8,9,10,11]"), "");
    EXPECT_EQ(targets(), (Names{"near/spare"}));
}

TEST_F(EmbeddingsPlan, IsWithinTheCapsOfItsClass) {
    EXPECT_EQ(embed("auto", '"' + std::string(2004, 'x') + '"'), "class_cap_exceeded");
}

TEST_F(EmbeddingsPlan, DoesNotMeetChats) {
    EXPECT_EQ(embed("near/cheap"), "model_not_supported");
    EXPECT_EQ(embed("tier:frontier"), "model_not_supported");
    EXPECT_EQ(chat("near/vector"), "model_not_supported");
    EXPECT_EQ(chat("text-embedding-3-small"), "model_not_supported");
    EXPECT_EQ(chat("tier:vectors"), "model_not_supported");
    PlanOptions options;
    options.declared_class = "embed";
    EXPECT_EQ(chat("auto", options), "class_of_another_endpoint");
    EXPECT_EQ(embed("auto", R"("x")", options), "");
    options.declared_class = "chat";
    EXPECT_EQ(embed("auto", R"("x")", options), "class_of_another_endpoint");
}

TEST_F(EmbeddingsPlan, IsNotWhereAChatIsLoweredTo) {
    PlanOptions options;
    options.max_tier = "vectors";
    EXPECT_EQ(chat("auto", options), "model_capability_missing");
    EXPECT_EQ(chat("auto"), "");
    EXPECT_FALSE(plan_.embeddings);
    EXPECT_EQ(targets(), (Names{"near/cheap"}));
}

}  // namespace
}  // namespace tierway::decision
