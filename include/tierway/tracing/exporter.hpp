#pragma once

#include <cstddef>
#include <future>
#include <memory>
#include <random>
#include <string>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/config/tracing.hpp"
#include "tierway/net/task.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/telemetry/metrics.hpp"
#include "tierway/telemetry/span_queue.hpp"

namespace tierway::tracing {

class Collector;

/// Sends spans to a collector by OTLP over HTTP, in batches, on a thread of its own: a collector that is slow, gone or refuses
/// costs spans, and no request any time. Counts what becomes of them in `tierway_trace_spans_total`.
/// Life cycle: construct, `adopt` any number of times, `finish`, destroy. Used from one thread but for its queue.
class Exporter {
public:
    /// How long spans wait for company at most.
    static constexpr Milliseconds kPeriod{5'000};

    /// \param version of this program, which the collector is told.
    Exporter(telemetry::Metrics& metrics, std::string version);
    ~Exporter();
    Exporter(const Exporter&) = delete;
    Exporter& operator=(const Exporter&) = delete;

    /// Where spans are put that are to be exported. Thread-safe; lives as long as the exporter.
    [[nodiscard]] telemetry::SpanQueue& queue() noexcept { return queue_; }

    /// Sends to these settings' collector from now on; without one, what waits still goes to the one before.
    /// Errors: Internal, when its trust anchors cannot be loaded; all stays as it was then.
    Result<void> adopt(const config::Tracing& settings);

    /// Sends what waits, for `patience` at most, and ends. A collector that does not take it is asked once. What is left then is
    /// lost, and the log says so.
    void finish(Milliseconds patience);

private:
    net::Task<> run();
    /// Until enough spans wait, the period is over, or the end is near.
    net::Task<> wait_for_spans();
    /// \returns whether the collector took all that waited.
    net::Task<bool> export_waiting();
    net::Task<bool> send(const telemetry::SpanQueue::Batch& batch);
    net::Task<> pause(Milliseconds duration);
    void note_taken(std::size_t spans, std::size_t rejected, const std::string& why);
    void note_failure(const std::string& why);
    void give_up_rest();

    telemetry::SpanQueue queue_;
    prometheus::Counter& exported_;
    prometheus::Counter& failed_;
    std::string version_;
    std::string instance_;  ///< Of this process, in the collector's eyes.
    net::Worker worker_;
    net::Timer timer_;
    std::promise<void> finished_;
    bool started_ = false;  ///< Of the owner's thread; what follows is of the worker's.
    std::shared_ptr<const Collector> collector_;
    std::minstd_rand chance_;
    std::size_t in_flight_ = 0;  ///< Spans of the export under way.
    bool idle_ = false;
    bool finishing_ = false;
    bool failing_ = false;
};

}  // namespace tierway::tracing
