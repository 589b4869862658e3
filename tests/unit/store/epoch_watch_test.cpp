#include "store/epoch_watch.hpp"

#include <gtest/gtest.h>

namespace tierway::store {
namespace {

using namespace std::chrono_literals;
using Phase = EpochWatch::Phase;

const SteadyTime kStart{1h};

/// Knows an old epoch and has stated everything.
EpochWatch serving() {
    EpochWatch watch(3s);
    watch.seen("one");
    watch.entered("one", "e1", 1h, kStart);
    watch.stated("e1");
    return watch;
}

TEST(EpochWatch, KnowsNothingBeforeAServerAnswers) {
    EpochWatch watch(3s);
    EXPECT_EQ(watch.phase(kStart), Phase::Away);
    EXPECT_FALSE(watch.must_enter());
    watch.seen("one");
    EXPECT_TRUE(watch.must_enter());
    EXPECT_EQ(watch.phase(kStart), Phase::Rebuilding);
}

TEST(EpochWatch, TrustsAnOldEpochAsSoonAsEverythingIsStated) {
    EpochWatch watch(3s);
    watch.seen("one");
    watch.entered("one", "e1", 1h, kStart);
    EXPECT_TRUE(watch.must_state());
    EXPECT_EQ(watch.phase(kStart), Phase::Rebuilding);
    watch.stated("e1");
    EXPECT_EQ(watch.phase(kStart), Phase::Serving);
    EXPECT_EQ(watch.rebuilds(), 0U);
}

TEST(EpochWatch, GivesOthersTimeToStateWhatTheyRememberInAYoungEpoch) {
    EpochWatch watch(3s);
    watch.seen("one");
    watch.entered("one", "e1", 1s, kStart);
    watch.stated("e1");
    EXPECT_EQ(watch.phase(kStart + 1'999ms), Phase::Rebuilding);
    EXPECT_EQ(watch.phase(kStart + 2s), Phase::Serving);
}

TEST(EpochWatch, AServerThatIsAnotherOneIsAskedForItsEpoch) {
    EpochWatch watch = serving();
    watch.lost();
    EXPECT_EQ(watch.phase(kStart), Phase::Away);
    watch.seen("two");
    EXPECT_TRUE(watch.must_enter());
    watch.entered("two", "e2", 0s, kStart);
    EXPECT_FALSE(watch.must_enter());
    EXPECT_TRUE(watch.must_state());
    watch.stated("e2");
    EXPECT_EQ(watch.rebuilds(), 1U);
    EXPECT_EQ(watch.phase(kStart + 3s), Phase::Serving);
}

TEST(EpochWatch, TheSameServerAfterACutIsTrustedAtOnce) {
    EpochWatch watch = serving();
    watch.lost();
    watch.seen("one");
    EXPECT_EQ(watch.phase(kStart), Phase::Serving);
}

TEST(EpochWatch, ARefusalLeadsToTheNewEpoch) {
    EpochWatch watch = serving();
    watch.refused();
    EXPECT_TRUE(watch.must_enter());
    EXPECT_EQ(watch.phase(kStart), Phase::Rebuilding);
    // The command was only late: the epoch is the one that it was.
    watch.entered("one", "e1", 1h, kStart);
    EXPECT_EQ(watch.phase(kStart), Phase::Serving);
    watch.refused();
    watch.entered("one", "e2", 0s, kStart);
    EXPECT_TRUE(watch.must_state());
}

TEST(EpochWatch, WhatWasStatedInAnOlderEpochDoesNotCount) {
    EpochWatch watch = serving();
    watch.refused();
    watch.entered("one", "e2", 0s, kStart);
    watch.stated("e1");
    EXPECT_TRUE(watch.must_state());
}

}  // namespace
}  // namespace tierway::store
