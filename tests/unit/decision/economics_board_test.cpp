#include "tierway/decision/economics_board.hpp"

#include <thread>

#include "decision/learnt.hpp"

namespace tierway::decision::test {
namespace {

constexpr config::ClassId kChat{0};
constexpr config::ClassId kPlain{1};

/// A draft that costs half of the higher answer.
constexpr cascade::JudgedDraft kBad{.wanting = true, .draft_usd = 0.5, .judging_usd = 0.0, .higher_usd = 1.0};

GainPolicyPtr gains_of(const config::SnapshotPtr& snapshot, CalibrationPtr calibration = nullptr) {
    return *GainPolicy::make(*snapshot, std::move(calibration));
}

void fill(EconomicsBoard& board) {
    for (int i = 0; i < 50; ++i) {
        board.count(kChat, kBad);
    }
}

TEST(EconomicsBoard, KnowsOnlyClassesThatJudgeDrafts) {
    const config::SnapshotPtr snapshot = snapshot_with("below: 0.5");
    EconomicsBoard board(*snapshot, *gains_of(snapshot), nullptr);
    EXPECT_TRUE(board.of(kChat));
    EXPECT_FALSE(board.of(kPlain));
    board.count(kPlain, kBad);
    EXPECT_FALSE(board.costs_more(kPlain));
    const config::SnapshotPtr by_ask = snapshot_with("gain: {lambda: 3, decide: ask}");
    EXPECT_FALSE(EconomicsBoard(*by_ask, *gains_of(by_ask, calibration_of(learnt_pair())), nullptr).of(kChat));
}

TEST(EconomicsBoard, BeginsWithWhatTheCalibrationSays) {
    const config::SnapshotPtr snapshot = snapshot_with("below: 0.5");
    const EconomicsBoard informed(*snapshot, *gains_of(snapshot, calibration_of(learnt_pair())), nullptr);
    EXPECT_DOUBLE_EQ(informed.of(kChat)->wanting_share().estimate, 0.3);
    const EconomicsBoard uninformed(*snapshot, *gains_of(snapshot), nullptr);
    EXPECT_DOUBLE_EQ(uninformed.of(kChat)->wanting_share().estimate, 0.5);
}

TEST(EconomicsBoard, SaysSoOnceACascadeCostsMore) {
    const config::SnapshotPtr snapshot = snapshot_with("below: 0.5");
    EconomicsBoard board(*snapshot, *gains_of(snapshot), nullptr);
    EXPECT_FALSE(board.costs_more(kChat));
    fill(board);
    EXPECT_TRUE(board.costs_more(kChat));
}

TEST(EconomicsBoard, LosesNoDraftOfManyWorkers) {
    const config::SnapshotPtr snapshot = snapshot_with("below: 0.5");
    EconomicsBoard board(*snapshot, *gains_of(snapshot), nullptr);
    std::vector<std::thread> workers;
    for (int worker = 0; worker < 4; ++worker) {
        workers.emplace_back([&board] {
            for (int i = 0; i < 1'000; ++i) {
                board.count(kChat, kBad);
                static_cast<void>(board.costs_more(kChat));
            }
        });
    }
    for (std::thread& worker : workers) {
        worker.join();
    }
    EXPECT_EQ(board.of(kChat)->drafts(), 4'000U);
    EXPECT_TRUE(board.costs_more(kChat));
}

TEST(EconomicsBoard, KeepsWhatItKnowsOverAReloadOfTheSameCascade) {
    const config::SnapshotPtr snapshot = snapshot_with("below: 0.5");
    auto before = std::make_unique<EconomicsBoard>(*snapshot, *gains_of(snapshot), nullptr);
    fill(*before);
    const config::SnapshotPtr same = snapshot_with("below: 0.5, explore: 0.2");
    EconomicsBoard after(*same, *gains_of(same), before.get());
    EXPECT_TRUE(after.costs_more(kChat));
    // Requests that began before the reload still teach.
    before->count(kChat, kBad);
    EXPECT_EQ(after.of(kChat)->drafts(), 51U);
    before.reset();
    EXPECT_EQ(after.of(kChat)->drafts(), 51U);
}

TEST(EconomicsBoard, ForgetsWhenTheClassJudgesOtherwise) {
    const config::SnapshotPtr snapshot = snapshot_with("below: 0.5");
    EconomicsBoard before(*snapshot, *gains_of(snapshot), nullptr);
    fill(before);
    for (const char* rule : {"below: 0.4", "below: 0.5, agreement: {model: near/dear}", "gain: {lambda: 3}"}) {
        SCOPED_TRACE(rule);
        const config::SnapshotPtr other = snapshot_with(rule);
        PairCalibration pair = learnt_pair();
        const EconomicsBoard after(*other, *gains_of(other, calibration_of(std::move(pair))), &before);
        EXPECT_FALSE(after.costs_more(kChat));
        EXPECT_EQ(after.of(kChat)->drafts(), 0U);
    }
}

}  // namespace
}  // namespace tierway::decision::test
