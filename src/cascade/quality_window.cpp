#include "tierway/cascade/quality_window.hpp"

#include <cmath>

namespace tierway::cascade {

void QualityWindow::count_answer(bool kept) noexcept {
    if (answers_ >= kAnswersMax) {
        answers_ /= 2;
        kept_ /= 2;
    }
    ++answers_;
    kept_ += kept ? 1U : 0U;
}

void QualityWindow::count_comparison(bool as_good) {
    if (newest_.size() < kLookedAtMax) {
        newest_.push_back(as_good);
    } else {
        good_ -= newest_[next_] ? 1U : 0U;
        newest_[next_] = as_good;
        next_ = (next_ + 1) % kLookedAtMax;
    }
    good_ += as_good ? 1U : 0U;
}

ShareInterval QualityWindow::quality() const noexcept {
    const ShareInterval of_kept = wilson_interval(static_cast<double>(good_), static_cast<double>(newest_.size()));
    const double kept = answers_ > 0 ? static_cast<double>(kept_) / static_cast<double>(answers_) : 1.0;
    const auto of_all = [kept](double share) { return 1.0 - kept * (1.0 - share); };
    return {of_all(of_kept.estimate), of_all(of_kept.low), of_all(of_kept.high)};
}

bool QualityWindow::below(double bar) const noexcept {
    const auto count = static_cast<double>(newest_.size());
    const bool could_reach = wilson_interval(count, count).low >= bar || newest_.size() == kLookedAtMax;
    return !newest_.empty() && could_reach && quality().low < bar;
}

bool is_sampled(std::string_view request_id, double share) noexcept {
    // FNV-1a, and the finaliser of splitmix64, because ids differ in few of their bytes.
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char byte : request_id) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
    }
    hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111ebULL;
    hash ^= hash >> 31U;
    // The upper 53 bits, as many as a double holds exactly.
    return std::ldexp(static_cast<double>(hash >> 11U), -53) < share;
}

}  // namespace tierway::cascade
