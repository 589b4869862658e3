#include "tierway/ledger/token_estimator.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <thread>
#include <vector>

#include "tierway/dialect/token_estimate.hpp"

namespace tierway::ledger {
namespace {

constexpr config::ModelId kFirst{0};
constexpr config::ModelId kSecond{1};

config::Snapshot two_models() {
    config::Snapshot snapshot;
    snapshot.providers.resize(1);
    snapshot.providers[0].base_url.host = "provider.example";
    snapshot.models.resize(2);
    snapshot.models[0].name = snapshot.models[0].upstream_name = "a/first";
    snapshot.models[1].name = snapshot.models[1].upstream_name = "a/second";
    return snapshot;
}

void teach(TokenEstimator& estimator, config::ModelId model, std::int64_t estimated, std::int64_t reported, int times = 200) {
    for (int i = 0; i < times; ++i) {
        estimator.learn(model, estimated, reported);
    }
}

TEST(TokenEstimator, LearnsOfEachModelAlone) {
    TokenEstimator estimator(two_models());
    teach(estimator, kFirst, 1'000, 1'300);
    EXPECT_NEAR(static_cast<double>(estimator.estimate(kFirst, {1'000, 0}).expected), 1'300, 10);
    EXPECT_GE(estimator.estimate(kFirst, {1'000, 0}).at_most, 1'300);
    EXPECT_EQ(estimator.estimate(kSecond, {1'000, 0}).expected, 1'000);
    EXPECT_EQ(estimator.estimate(kSecond, {1'000, 0}).at_most, 2'000);
}

TEST(TokenEstimator, WhatATemplateAddsToShortPromptsIsNotAddedToLongOnes) {
    TokenEstimator estimator(two_models());
    teach(estimator, kFirst, 10, 40);
    teach(estimator, kFirst, 10'000, 10'030);
    EXPECT_NEAR(static_cast<double>(estimator.estimate(kFirst, {10, 0}).expected), 40, 2);
    EXPECT_NEAR(static_cast<double>(estimator.estimate(kFirst, {20'000, 0}).expected), 20'060, 400);
}

TEST(TokenEstimator, ImagesCountBesideTheTextAndAreNotScaledByIt) {
    TokenEstimator estimator(two_models());
    teach(estimator, kFirst, 1'000, 2'000);
    const PromptTokens with = estimator.estimate(kFirst, {1'000, 3});
    const PromptTokens without = estimator.estimate(kFirst, {1'000, 0});
    EXPECT_EQ(with.expected - without.expected, 3 * dialect::kImageTokens);
    EXPECT_EQ(with.at_most - without.at_most, 6 * dialect::kImageTokens);
}

TEST(TokenEstimator, WhatIsAttachedMayBecomeTokensAndIsNotExpectedTo) {
    const TokenEstimator estimator(two_models());
    const PromptTokens tokens = estimator.estimate(kFirst, {.text_tokens = 10, .images = 0, .attached_at_most = 500});
    EXPECT_EQ(tokens.expected, 10);
    EXPECT_EQ(tokens.at_most, 20 + 500);
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    EXPECT_GT(estimator.estimate(kFirst, {kMost, kMost, kMost}).at_most, 0) << "no sum overflows";
}

TEST(TokenEstimator, AReloadKeepsWhatIsKnownOfTheSameDeployment) {
    TokenEstimator first(two_models());
    teach(first, kFirst, 1'000, 1'300);
    config::Snapshot changed = two_models();
    std::swap(changed.models[0], changed.models[1]);
    TokenEstimator second(changed, &first);
    EXPECT_EQ(second.estimate(kSecond, {1'000, 0}).at_most, first.estimate(kFirst, {1'000, 0}).at_most);
    teach(first, kFirst, 1'000, 2'000);
    EXPECT_EQ(second.estimate(kSecond, {1'000, 0}).at_most, first.estimate(kFirst, {1'000, 0}).at_most)
        << "requests that began before the reload still teach";
    changed.providers[0].base_url.host = "elsewhere.example";
    EXPECT_EQ(TokenEstimator(changed, &second).estimate(kSecond, {1'000, 0}).at_most, 2'000) << "another deployment";
}

TEST(TokenEstimator, ManyThreadsTeachOneModelWithoutTearing) {
    TokenEstimator estimator(two_models());
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&] {
            for (int i = 0; i < 5'000; ++i) {
                estimator.learn(kFirst, 1'000, 1'300);
                const PromptTokens seen = estimator.estimate(kFirst, {1'000, 0});
                ASSERT_GE(seen.expected, 1'000);
                ASSERT_LE(seen.expected, 1'310);
                ASSERT_LE(seen.at_most, 3'000);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_NEAR(static_cast<double>(estimator.estimate(kFirst, {1'000, 0}).expected), 1'300, 5);
}

TEST(PromptEstimates, StayAsTheyWereAskedFirst) {
    TokenEstimator estimator(two_models());
    PromptEstimates prompt;
    prompt.begin(&estimator, {1'000, 0}, 2);
    EXPECT_EQ(prompt.of(kFirst).at_most, 2'000);
    teach(estimator, kFirst, 1'000, 1'300);
    EXPECT_EQ(prompt.of(kFirst).at_most, 2'000) << "an attempt costs what was decided about";
    prompt.begin(&estimator, {1'000, 0}, 2);
    EXPECT_LT(prompt.of(kFirst).at_most, 1'500) << "the next request";
    prompt.begin(nullptr, {10, 1}, 2);
    EXPECT_EQ(prompt.of(kSecond).expected, 10 + dialect::kImageTokens);
    EXPECT_EQ(prompt.of(kSecond).at_most, 20 + 2 * dialect::kImageTokens);
}

}  // namespace
}  // namespace tierway::ledger
