#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tierway/cascade/share_interval.hpp"

namespace tierway::cascade {

/// What one class's answers were worth of late, against the higher tier: of the newest drafts that were kept and looked at, how
/// many were as good; and how often drafts were kept at all. An escalated answer is the higher tier's own, so
///
///     quality = 1 − share kept · (1 − share as good of those looked at)
///
/// Pure; not thread-safe.
class QualityWindow {
public:
    static constexpr std::size_t kLookedAtMax = 500;     ///< Older comparisons are forgotten.
    static constexpr std::uint64_t kAnswersMax = 10'000;  ///< Then the counts of kept and given up are halved.

    /// A draft was kept, or given up for the higher tier's answer.
    void count_answer(bool kept) noexcept;
    /// A kept draft was looked at.
    void count_comparison(bool as_good);

    [[nodiscard]] std::size_t compared() const noexcept { return newest_.size(); }
    [[nodiscard]] ShareInterval quality() const noexcept;
    /// Whether the interval's lower end is below the bar. Never while even a faultless record of that length could not reach it:
    /// few comparisons are no alarm.
    [[nodiscard]] bool below(double bar) const noexcept;

private:
    std::vector<bool> newest_;  ///< Ring of verdicts.
    std::size_t next_ = 0;
    std::size_t good_ = 0;
    std::uint64_t answers_ = 0;
    std::uint64_t kept_ = 0;
};

/// Whether a request is one of the share that is looked at. The same id always has the same fate.
bool is_sampled(std::string_view request_id, double share) noexcept;

}  // namespace tierway::cascade
