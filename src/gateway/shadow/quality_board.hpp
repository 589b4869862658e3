#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tierway/cascade/quality_window.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::gateway {

/// What is known of the quality of each class's answers, and how many comparisons are under way. Shared by all workers, thread-safe;
/// a class's lock is held for a few instructions, and only for judged requests. After a reload classes of the same name go on.
class QualityBoard {
public:
    /// \param previous what to take over from; may be null, and need not live on.
    QualityBoard(const config::Snapshot& snapshot, const QualityBoard* previous);

    void count_answer(config::ClassId request_class, bool kept);
    void count_comparison(config::ClassId request_class, bool as_good);
    [[nodiscard]] cascade::QualityWindow window_of(config::ClassId request_class) const;

    /// A place among the comparisons under way; given back when it ends.
    class [[nodiscard]] Place {
    public:
        Place() = default;
        explicit Place(std::shared_ptr<std::atomic<unsigned>> under_way) noexcept : under_way_(std::move(under_way)) {}
        Place(Place&&) noexcept = default;
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (under_way_) {
                under_way_->fetch_sub(1, std::memory_order_relaxed);
            }
        }
        explicit operator bool() const noexcept { return under_way_ != nullptr; }

    private:
        std::shared_ptr<std::atomic<unsigned>> under_way_;
    };
    /// No place when as many as may be are under way.
    Place begin(unsigned concurrent_max);

private:
    struct Entry {
        std::string name;
        mutable std::mutex mutex;
        cascade::QualityWindow window;
    };

    std::vector<std::shared_ptr<Entry>> entries_;  ///< By class.
    std::shared_ptr<std::atomic<unsigned>> under_way_;
};

}  // namespace tierway::gateway
