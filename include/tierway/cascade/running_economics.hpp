#pragma once

#include <cstdint>
#include <optional>

#include "tierway/cascade/share_interval.hpp"

namespace tierway::cascade {

/// What one judged draft teaches of its class's economics. Costs in USD, none negative.
struct JudgedDraft {
    /// The judgement wanted the higher tier's answer. That the approver may have refused it plays no part: the question is what a
    /// request costs that may climb, and whoever may not climb for a draft may not begin at the higher tier either.
    bool wanting = false;
    double draft_usd = 0.0;
    double judging_usd = 0.0;  ///< Other models' opinions on it.
    double higher_usd = 0.0;   ///< The higher tier's answer: what it cost or, of a draft that was kept, would have cost.
};

/// What is believed of the share of wanting drafts before any was seen: it weighs like so many drafts.
struct SharePrior {
    double share = 0.5;
    double drafts = 2.0;
};

/// A running estimate of what a class's cascade costs beside going straight to its higher tier (DESIGN.md section 6, ROUTING.md
/// A3): the cascade costs more when
///
///     draft + judging + share of wanting drafts · higher > higher
///
/// so the *break-even share* is 1 − (draft + judging) / higher. All four are estimated from the same drafts, so that a class whose
/// requests grow longer does not hold yesterday's drafts against today's answers. Older drafts fade: each new one takes 1/200 of
/// the weight of those before.
///
/// Decided with certainty in one direction and without in the other, so that few bad drafts turn nothing and chance makes nothing
/// flap: the cascade *costs more* once the lower end of the share's interval is above the break-even share, after 20 drafts at
/// least; it is worth it again once the estimate itself is not above it. The interval cannot rise above .981, so a class whose
/// drafts and their judging cost less than 1.9 % of the higher tier's answers is never decided: no more than that could be saved.
///
/// Pure, without a clock, of constant size; not thread-safe.
class RunningEconomics {
public:
    static constexpr double kDraftsRemembered = 200.0;
    static constexpr std::uint64_t kDraftsMin = 20;

    explicit RunningEconomics(const SharePrior& prior = {}) noexcept
        : weight_(prior.drafts), wanting_(prior.share * prior.drafts) {}

    void count(const JudgedDraft& draft) noexcept;

    /// How many drafts it has seen; those that faded too.
    [[nodiscard]] std::uint64_t drafts() const noexcept { return drafts_; }
    /// Of drafts that want the higher tier.
    [[nodiscard]] ShareInterval wanting_share() const noexcept { return wilson_interval(wanting_, weight_); }
    /// May be negative. Empty while the higher tier's answers are not known to cost anything.
    [[nodiscard]] std::optional<double> break_even_share() const noexcept;
    /// Whether requests do better to begin at the higher tier.
    [[nodiscard]] bool costs_more() const noexcept { return costs_more_; }

private:
    double weight_;   ///< Of the drafts in the sums, the prior's among them.
    double wanting_;  ///< Of those that wanted the higher tier.
    double below_usd_ = 0.0;
    double higher_usd_ = 0.0;
    std::uint64_t drafts_ = 0;
    bool costs_more_ = false;
};

}  // namespace tierway::cascade
