#include "gateway/token_demand.hpp"

#include <gtest/gtest.h>

namespace tierway::gateway {
namespace {

/// A plan for one model of one class; the prompt is one that nothing was learnt of.
struct Planned {
    Planned() {
        snapshot.models.emplace_back();
        snapshot.classes.emplace_back();
        plan.classification.emplace();
        plan.route.emplace();
        plan.route->targets.push_back(config::ModelId{0});
        ledger::PromptSize size;
        size.text_tokens = 100;
        plan.prompt.begin(nullptr, size, 1);
    }
    [[nodiscard]] TokenDemand demand() { return token_demand(snapshot, plan); }
    [[nodiscard]] std::int64_t prompt() { return plan.prompt.of(config::ModelId{0}).expected; }

    config::Snapshot snapshot;
    decision::Plan plan;
};

TEST(TokenDemand, IsThePromptAndTheLongestAnswersAskedFor) {
    Planned planned;
    ASSERT_GE(planned.prompt(), 100);
    planned.plan.request.output_tokens_max = 40;
    EXPECT_EQ(planned.demand().stated, planned.prompt() + 40);
    EXPECT_EQ(planned.demand().guessed, 0);
    planned.plan.request.choices = 3;
    EXPECT_EQ(planned.demand().stated, planned.prompt() + 120);
    planned.snapshot.models[0].output_tokens_max = 30;
    EXPECT_EQ(planned.demand().stated, planned.prompt() + 90) << "no more than the model can write";
}

TEST(TokenDemand, GuessesAUsualAnswerWhereNothingBoundsIt) {
    Planned planned;
    EXPECT_EQ(planned.demand().stated, planned.prompt());
    EXPECT_EQ(planned.demand().guessed, 1'024);
    planned.snapshot.models[0].output_tokens_max = 500;
    EXPECT_EQ(planned.demand().guessed, 500);
    planned.snapshot.classes[0].caps.output_tokens_max = 200;
    EXPECT_EQ(planned.demand().stated, planned.prompt() + 200) << "the cap of the class bounds it";
    EXPECT_EQ(planned.demand().guessed, 0);
}

TEST(TokenDemand, KnowsWhatAnAttemptUsedOnlyFromItsProvider) {
    ledger::Charge charge;
    charge.usage.prompt = 10;
    charge.usage.completion = 5;
    for (const ledger::UsageSource source : {ledger::UsageSource::Provider, ledger::UsageSource::Counted}) {
        charge.source = source;
        EXPECT_EQ(tokens_used(charge).tokens, 15);
        EXPECT_EQ(tokens_used(charge).known, source == ledger::UsageSource::Provider);
    }
    ledger::Charge unsent;
    unsent.source = ledger::UsageSource::None;
    EXPECT_EQ(tokens_used(unsent).tokens, 0);
    EXPECT_TRUE(tokens_used(unsent).known) << "it never reached a model";
}

}  // namespace
}  // namespace tierway::gateway
