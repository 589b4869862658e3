#include "tierway/cascade/running_economics.hpp"

namespace tierway::cascade {
namespace {

constexpr double kKept = 1.0 - 1.0 / RunningEconomics::kDraftsRemembered;

}  // namespace

void RunningEconomics::count(const JudgedDraft& draft) noexcept {
    weight_ = weight_ * kKept + 1.0;
    wanting_ = wanting_ * kKept + (draft.wanting ? 1.0 : 0.0);
    below_usd_ = below_usd_ * kKept + draft.draft_usd + draft.judging_usd;
    higher_usd_ = higher_usd_ * kKept + draft.higher_usd;
    ++drafts_;
    const std::optional<double> break_even = break_even_share();
    const ShareInterval share = wanting_share();
    if (!break_even) {
        costs_more_ = false;
    } else if (costs_more_) {
        costs_more_ = share.estimate > *break_even;
    } else {
        costs_more_ = drafts_ >= kDraftsMin && share.low > *break_even;
    }
}

std::optional<double> RunningEconomics::break_even_share() const noexcept {
    if (!(higher_usd_ > 0.0)) {
        return std::nullopt;
    }
    return 1.0 - below_usd_ / higher_usd_;
}

}  // namespace tierway::cascade
