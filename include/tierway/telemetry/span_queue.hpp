#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

namespace tierway::telemetry {

/// Spans that are written and wait for their export. Bounded, so that a collector that is slow or gone costs spans and nothing
/// else: what finds no room is dropped, the newest first. Thread-safe; its lock is held for a few instructions.
class SpanQueue {
public:
    struct Bounds {
        std::size_t spans = 2'048;
        std::size_t bytes = std::size_t{8} << 20U;
    };
    /// How many make a batch that need not wait for more, and the most of one export.
    static constexpr std::size_t kBatchSpans = 512;

    /// Spans of OTLP's JSON with commas between them.
    struct Batch {
        std::string spans;
        std::size_t count = 0;
    };

    SpanQueue() = default;
    explicit SpanQueue(Bounds bounds) : bounds_(bounds) {}

    /// \param batch_is_ready called, from whatever thread adds, when enough for a batch waits. Before anything is added.
    void notify(std::function<void()> batch_is_ready) { batch_is_ready_ = std::move(batch_is_ready); }

    /// Takes the spans of one request, all or none. \returns false: there was no room, and they are lost.
    bool add(Batch spans);
    /// The oldest spans of whole requests, about a batch at most; `count` is 0 when there are none.
    Batch take();

private:
    Bounds bounds_;
    std::function<void()> batch_is_ready_;
    std::mutex mutex_;  ///< Guards what follows.
    std::deque<Batch> waiting_;
    std::size_t spans_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace tierway::telemetry
