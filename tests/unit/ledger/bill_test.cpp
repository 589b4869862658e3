#include "tierway/ledger/bill.hpp"

#include <gtest/gtest.h>

namespace tierway::ledger {
namespace {

using config::ModelId;
using config::TierId;
using dialect::TokenUsage;

constexpr ModelId kCheap{0};
constexpr ModelId kFrontier{1};
constexpr TierId kSmall{0};
constexpr TierId kTop{1};

// One nano-dollar and four for a cheap token in and out, a hundred times that at the frontier.
config::Snapshot snapshot() {
    const auto priced = [](config::PicoUsdPerToken input, config::PicoUsdPerToken output) {
        config::Model model;
        model.price.base.input = input;
        model.price.base.output = output;
        return model;
    };
    config::Snapshot result;
    result.models = {priced(1'000, 4'000), priced(100'000, 400'000), priced(900'000, 900'000)};
    result.tiers = {{"small", {kCheap}}, {"frontier", {kFrontier, ModelId{2}}}};
    return result;
}

TEST(Bill, AnEmptyBillIsZero) {
    const Bill bill;
    EXPECT_EQ(bill.total().nano(), 0);
    EXPECT_EQ(bill.baseline(snapshot()).nano(), 0);
}

TEST(Bill, OfEmbeddingsIsMeasuredAgainstTheirOwnTier) {
    config::Snapshot embedding = snapshot();
    embedding.models[index_of(kCheap)].kind = config::ModelKind::Embedding;
    Bill bill;
    bill.add(embedding, kCheap, kSmall, Purpose::Answer, UsageSource::Provider, {.prompt = 10});
    EXPECT_EQ(bill.total().nano(), 10);
    EXPECT_EQ(bill.baseline(embedding).nano(), 10);
}

TEST(Bill, AddsUpDraftsFailuresAndTheAnswer) {
    Bill bill;
    EXPECT_EQ(bill.add(snapshot(), kCheap, kSmall, Purpose::Failed, UsageSource::Counted, {.prompt = 10}), 0U);
    EXPECT_EQ(bill.add(snapshot(), kCheap, kSmall, Purpose::Draft, UsageSource::Provider, {.prompt = 10, .completion = 5}), 1U);
    EXPECT_EQ(bill.add(snapshot(), kFrontier, kTop, Purpose::Answer, UsageSource::Provider, {.prompt = 10, .completion = 6}), 2U);
    ASSERT_EQ(bill.charges().size(), 3U);
    EXPECT_EQ(bill.charges()[0].cost.nano(), 10);
    EXPECT_EQ(bill.charges()[1].cost.nano(), 30);
    EXPECT_EQ(bill.charges()[2].cost.nano(), 3'400);
    EXPECT_EQ(bill.charges()[2].tier, kTop);
    EXPECT_EQ(bill.total().nano(), 3'440);
}

TEST(Bill, TheBaselineIsTheAnswersTokensAtTheFrontiersFirstModel) {
    Bill bill;
    bill.add(snapshot(), kCheap, kSmall, Purpose::Failed, UsageSource::Counted, {.prompt = 77});
    bill.add(snapshot(), kCheap, kSmall, Purpose::Answer, UsageSource::Provider, {.prompt = 10, .completion = 5});
    EXPECT_EQ(bill.baseline(snapshot()).nano(), 3'000);
}

TEST(Bill, AFrontierAnswerIsItsOwnBaseline) {
    Bill bill;
    bill.add(snapshot(), kFrontier, kTop, Purpose::Answer, UsageSource::Provider, {.prompt = 10, .completion = 5});
    EXPECT_EQ(bill.baseline(snapshot()), bill.total());
}

TEST(Bill, WithoutAnAnswerThereIsNoBaseline) {
    Bill bill;
    const std::size_t line = bill.add(snapshot(), kCheap, kSmall, Purpose::Answer, UsageSource::Provider, {.prompt = 10});
    bill.set_purpose(line, Purpose::Draft);
    EXPECT_EQ(bill.charges()[line].purpose, Purpose::Draft);
    EXPECT_EQ(bill.baseline(snapshot()).nano(), 0);
    EXPECT_EQ(bill.total().nano(), 10);
}

TEST(Bill, WhatWasNotBilledHoldsNoTokens) {
    Bill bill;
    bill.add(snapshot(), kFrontier, kTop, Purpose::Failed, UsageSource::None, {.prompt = 1'000, .completion = 1'000});
    EXPECT_EQ(bill.total().nano(), 0);
    EXPECT_EQ(bill.charges().front().usage, TokenUsage{});
}

TEST(Bill, NamesAreThoseOfTheMetricsAndRecords) {
    EXPECT_EQ(name_of(Purpose::Answer), "answer");
    EXPECT_EQ(name_of(Purpose::Draft), "draft");
    EXPECT_EQ(name_of(Purpose::Judge), "judge");
    EXPECT_EQ(name_of(Purpose::Shadow), "shadow");
    EXPECT_EQ(name_of(Purpose::Failed), "failed");
    EXPECT_EQ(name_of(UsageSource::Provider), "provider");
    EXPECT_EQ(name_of(UsageSource::Counted), "counted");
    EXPECT_EQ(name_of(UsageSource::Estimated), "estimated");
    EXPECT_EQ(name_of(UsageSource::Crash), "crash");
    EXPECT_EQ(name_of(UsageSource::None), "none");
}

}  // namespace
}  // namespace tierway::ledger
