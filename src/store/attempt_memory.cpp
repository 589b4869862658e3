#include "store/attempt_memory.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tierway::store {

bool AttemptMemory::enter(OpenAttempt attempt) {
    std::string name = attempt.name;
    return open_.try_emplace(std::move(name), std::move(attempt)).second;
}

OpenAttempt* AttemptMemory::find(const std::string& name) {
    const auto found = open_.find(name);
    return found == open_.end() ? nullptr : &found->second;
}

std::optional<OpenAttempt> AttemptMemory::take(const std::string& name) {
    const auto found = open_.find(name);
    if (found == open_.end()) {
        return std::nullopt;
    }
    std::optional<OpenAttempt> taken = std::move(found->second);
    open_.erase(found);
    return taken;
}

std::vector<OpenAttempt> AttemptMemory::to_tell(unsigned epoch) const {
    std::vector<OpenAttempt> told;
    for (const auto& [name, attempt] : open_) {
        if (attempt.leave == Leave::Local || (attempt.leave == Leave::Granted && attempt.epoch != epoch)) {
            told.push_back(attempt);
        }
    }
    return told;
}

std::vector<WaitingCharge> AttemptMemory::add(WaitingCharge charge) {
    queue_.push_back(std::move(charge));
    std::vector<WaitingCharge> dropped;
    while (queue_.size() + sent_ > charges_max_ && !queue_.empty()) {
        dropped.push_back(std::move(queue_.front()));
        queue_.pop_front();
        ++dropped_;
    }
    return dropped;
}

std::vector<WaitingCharge> AttemptMemory::next(std::size_t most) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, queue_.size()));
    std::vector<WaitingCharge> taken(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.begin() + count));
    queue_.erase(queue_.begin(), queue_.begin() + count);
    sent_ += taken.size();
    return taken;
}

void AttemptMemory::put_back(std::vector<WaitingCharge> charges) {
    sent_ -= charges.size();
    queue_.insert(queue_.begin(), std::make_move_iterator(charges.begin()), std::make_move_iterator(charges.end()));
}

void AttemptMemory::begin_epoch() {
    for (WaitingCharge& charge : queue_) {
        charge.certain = true;
    }
}

}  // namespace tierway::store
