#include "tierway/telemetry/span_queue.hpp"

#include <utility>

namespace tierway::telemetry {

bool SpanQueue::add(Batch spans) {
    bool is_ready = false;
    {
        const std::lock_guard lock(mutex_);
        if (spans_ + spans.count > bounds_.spans || bytes_ + spans.spans.size() > bounds_.bytes) {
            return false;
        }
        const std::size_t before = spans_;
        spans_ += spans.count;
        bytes_ += spans.spans.size();
        waiting_.push_back(std::move(spans));
        is_ready = before < kBatchSpans && spans_ >= kBatchSpans;
    }
    if (is_ready && batch_is_ready_) {
        batch_is_ready_();
    }
    return true;
}

SpanQueue::Batch SpanQueue::take() {
    std::deque<Batch> taken;
    Batch batch;
    {
        const std::lock_guard lock(mutex_);
        while (!waiting_.empty() && (taken.empty() || batch.count + waiting_.front().count <= kBatchSpans)) {
            batch.count += waiting_.front().count;
            taken.push_back(std::move(waiting_.front()));
            waiting_.pop_front();
            spans_ -= taken.back().count;
            bytes_ -= taken.back().spans.size();
        }
    }
    for (const Batch& request : taken) {
        batch.spans.append(batch.spans.empty() ? "" : ",").append(request.spans);
    }
    return batch;
}

}  // namespace tierway::telemetry
