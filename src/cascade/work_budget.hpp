#pragma once

#include <cstddef>

namespace tierway::cascade {

/// Bounds the work of one schema check, whatever the schema and the value look like. Once it is exhausted the check is
/// inconclusive and every part of it ends at its next step.
class WorkBudget {
public:
    explicit WorkBudget(std::size_t steps) noexcept : left_(steps) {}

    /// Takes `steps` off; false when fewer were left, and then for good.
    bool spend(std::size_t steps) noexcept {
        if (steps > left_) {
            exhaust();
            return false;
        }
        left_ -= steps;
        return true;
    }
    void exhaust() noexcept {
        left_ = 0;
        exhausted_ = true;
    }
    [[nodiscard]] bool exhausted() const noexcept { return exhausted_; }

private:
    std::size_t left_;
    bool exhausted_ = false;
};

/// The price of walking over `bytes` bytes or members in a tight loop: the first 64 are part of the step that is paid anyway.
constexpr std::size_t steps_for(std::size_t items) noexcept {
    return 1 + items / 64;
}

}  // namespace tierway::cascade
