#include "tierway/decision/judged_draft.hpp"

#include "decision/learnt.hpp"

namespace tierway::decision::test {
namespace {

using ledger::Purpose;
using ledger::UsageSource;

constexpr config::ModelId kCheap{0};
constexpr config::ModelId kDear{1};
constexpr config::TierId kSmall{0};
constexpr config::TierId kFrontier{1};

class JudgedDraft : public ::testing::Test {
protected:
    std::size_t add(config::ModelId model, config::TierId tier, Purpose purpose, std::int64_t completion,
                    UsageSource source = UsageSource::Provider) {
        dialect::TokenUsage usage;
        usage.prompt = 100;
        usage.completion = completion;
        return bill_.add(*snapshot_, model, tier, purpose, source, usage);
    }
    cascade::JudgedDraft judged(std::size_t draft, bool wanting) const {
        policy::CascadePlan cascade;
        cascade.to = kFrontier;
        cascade.targets = {kDear};
        return judged_draft(*snapshot_, bill_, draft, cascade, wanting);
    }
    config::SnapshotPtr snapshot_ = snapshot_with("below: 0.5");
    ledger::Bill bill_;
};

TEST_F(JudgedDraft, CostsWhatWasPaidForItAndForWhatReplacedIt) {
    const std::size_t draft = add(kCheap, kSmall, Purpose::Draft, 50);
    add(kCheap, kSmall, Purpose::Judge, 10);
    add(kCheap, kSmall, Purpose::Judge, 0);
    add(kDear, kFrontier, Purpose::Answer, 200);
    const cascade::JudgedDraft taught = judged(draft, true);
    EXPECT_TRUE(taught.wanting);
    EXPECT_NEAR(taught.draft_usd, 0.0002, 1e-12);
    EXPECT_NEAR(taught.judging_usd, 0.00012 + 0.0001, 1e-12);
    EXPECT_NEAR(taught.higher_usd, 0.005, 1e-12);
}

TEST_F(JudgedDraft, PricesAKeptDraftsTokensAtTheHigherTier) {
    const std::size_t draft = add(kCheap, kSmall, Purpose::Answer, 50);
    const cascade::JudgedDraft taught = judged(draft, false);
    EXPECT_FALSE(taught.wanting);
    EXPECT_NEAR(taught.draft_usd, 0.0002, 1e-12);
    EXPECT_NEAR(taught.higher_usd, 0.002, 1e-12);
}

TEST_F(JudgedDraft, LeavesFailedAttemptsOut) {
    add(kCheap, kSmall, Purpose::Failed, 5'000, UsageSource::Estimated);
    const std::size_t draft = add(kCheap, kSmall, Purpose::Answer, 50);
    add(kDear, kFrontier, Purpose::Failed, 5'000, UsageSource::Estimated);
    const cascade::JudgedDraft taught = judged(draft, true);
    EXPECT_NEAR(taught.draft_usd, 0.0002, 1e-12);
    EXPECT_EQ(taught.judging_usd, 0.0);
    EXPECT_NEAR(taught.higher_usd, 0.002, 1e-12);
}

}  // namespace
}  // namespace tierway::decision::test
