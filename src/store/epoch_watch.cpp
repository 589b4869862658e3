#include "store/epoch_watch.hpp"

#include <utility>

namespace tierway::store {

void EpochWatch::seen(const std::string& identity) {
    answers_ = true;
    identity_ = identity;
}

void EpochWatch::lost() {
    answers_ = false;
}

void EpochWatch::refused() {
    entered_identity_.clear();
}

void EpochWatch::entered(const std::string& identity, std::string epoch, Milliseconds age, SteadyTime now) {
    entered_identity_ = identity;
    if (epoch == epoch_) {
        return;
    }
    if (!epoch_.empty()) {
        ++rebuilds_;
    }
    epoch_ = std::move(epoch);
    trusted_from_ = now + rebuild_ - age;
}

void EpochWatch::stated(const std::string& epoch) {
    stated_ = epoch;
}

EpochWatch::Phase EpochWatch::phase(SteadyTime now) const noexcept {
    if (!answers_) {
        return Phase::Away;
    }
    return must_enter() || must_state() || now < trusted_from_ ? Phase::Rebuilding : Phase::Serving;
}

}  // namespace tierway::store
