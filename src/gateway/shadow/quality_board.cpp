#include "gateway/shadow/quality_board.hpp"

#include <algorithm>

namespace tierway::gateway {

QualityBoard::QualityBoard(const config::Snapshot& snapshot, const QualityBoard* previous)
    : under_way_(previous == nullptr ? std::make_shared<std::atomic<unsigned>>(0) : previous->under_way_) {
    for (const config::RequestClass& request_class : snapshot.classes) {
        std::shared_ptr<Entry> entry;
        if (previous != nullptr) {
            const auto same = std::find_if(previous->entries_.begin(), previous->entries_.end(),
                                           [&](const auto& known) { return known->name == request_class.name; });
            entry = same == previous->entries_.end() ? nullptr : *same;
        }
        if (!entry) {
            entry = std::make_shared<Entry>();
            entry->name = request_class.name;
        }
        entries_.push_back(std::move(entry));
    }
}

void QualityBoard::count_answer(config::ClassId request_class, bool kept) {
    Entry& entry = *entries_[config::index_of(request_class)];
    const std::lock_guard lock(entry.mutex);
    entry.window.count_answer(kept);
}

void QualityBoard::count_comparison(config::ClassId request_class, bool as_good) {
    Entry& entry = *entries_[config::index_of(request_class)];
    const std::lock_guard lock(entry.mutex);
    entry.window.count_comparison(as_good);
}

cascade::QualityWindow QualityBoard::window_of(config::ClassId request_class) const {
    const Entry& entry = *entries_[config::index_of(request_class)];
    const std::lock_guard lock(entry.mutex);
    return entry.window;
}

QualityBoard::Place QualityBoard::begin(unsigned concurrent_max) {
    unsigned under_way = under_way_->load(std::memory_order_relaxed);
    while (under_way < concurrent_max) {
        if (under_way_->compare_exchange_weak(under_way, under_way + 1, std::memory_order_relaxed)) {
            return Place(under_way_);
        }
    }
    return {};
}

}  // namespace tierway::gateway
