#include "gateway/token_demand.hpp"

#include <gtest/gtest.h>

namespace tierway::gateway {
namespace {

TEST(TokenDemand, AsksForThePromptAndTheLongestAnswers) {
    Plan plan;
    plan.features.prompt_tokens = 100;
    EXPECT_EQ(token_demand(plan).stated, 100);
    EXPECT_EQ(token_demand(plan).guessed, 1'024) << "a usual answer, when none is stated";
    plan.request.output_tokens_max = 40;
    EXPECT_EQ(token_demand(plan).stated, 140);
    EXPECT_EQ(token_demand(plan).guessed, 0);
    plan.request.choices = 3;
    EXPECT_EQ(token_demand(plan).stated, 220);
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
