#include "tierway/tracing/exporter.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "tierway/telemetry/log.hpp"
#include "tierway/telemetry/trace_context.hpp"
#include "tracing/collector.hpp"
#include "tracing/export_rules.hpp"

namespace tierway::tracing {
namespace {

std::string new_instance() {
    const auto text = telemetry::TraceIdSource().next_trace().text();
    return {text.data(), text.size()};
}

std::string words_of(const CollectorAnswer& answer) {
    return answer.status > 0 ? "it answers " + std::to_string(answer.status) : answer.problem;
}

}  // namespace

Exporter::Exporter(telemetry::Metrics& metrics, std::string version)
    : exported_(metrics.trace_spans.Add({{"result", "exported"}})),
      failed_(metrics.trace_spans.Add({{"result", "failed"}})),
      version_(std::move(version)),
      instance_(new_instance()),
      timer_(worker_.context()),
      chance_(std::random_device{}()) {
    queue_.notify([this] {
        worker_.post([this] {
            if (idle_) {
                timer_.cancel();
            }
        });
    });
}

Exporter::~Exporter() {
    worker_.stop();
}

Result<void> Exporter::adopt(const config::Tracing& settings) {
    if (!settings.is_on()) {
        return {};
    }
    auto made = Collector::make(settings, version_, instance_);
    if (!made) {
        return made.error();
    }
    worker_.post([this, collector = std::make_shared<const Collector>(std::move(*made))] { collector_ = collector; });
    if (!std::exchange(started_, true)) {
        boost::asio::co_spawn(worker_.executor(), run(), [this](const std::exception_ptr& fault) {
            if (fault) {
                telemetry::log_exception("The export of spans ended by an exception", fault);
            }
            finished_.set_value();
        });
        worker_.start("tierway-traces");
    }
    return {};
}

void Exporter::finish(Milliseconds patience) {
    if (!started_) {
        return;
    }
    worker_.post([this] {
        finishing_ = true;
        timer_.cancel();
    });
    finished_.get_future().wait_for(patience);
    worker_.stop();
    give_up_rest();
}

net::Task<> Exporter::run() {
    while (!finishing_) {
        co_await wait_for_spans();
        co_await export_waiting();
    }
}

net::Task<> Exporter::wait_for_spans() {
    idle_ = true;
    co_await pause(kPeriod);
    idle_ = false;
}

net::Task<> Exporter::pause(Milliseconds duration) {
    if (!finishing_) {
        timer_.expires_after(duration);
        co_await timer_.async_wait(net::kAwait);
    }
}

net::Task<bool> Exporter::export_waiting() {
    while (true) {
        const telemetry::SpanQueue::Batch batch = queue_.take();
        if (batch.count == 0) {
            co_return true;
        }
        in_flight_ = batch.count;
        const bool taken = co_await send(batch);
        in_flight_ = 0;
        if (!taken && finishing_) {
            co_return false;
        }
    }
}

net::Task<bool> Exporter::send(const telemetry::SpanQueue::Batch& batch) {
    const std::shared_ptr<const Collector> collector = collector_;
    for (unsigned tries = 1;; ++tries) {
        const CollectorAnswer answer = co_await collector->ask(worker_, batch.spans);
        if (is_taken(answer.status)) {
            const Rejection rejection = rejection_in(answer.body);
            note_taken(batch.count, std::min(rejection.spans, batch.count), rejection.why);
            co_return true;
        }
        note_failure(words_of(answer));
        const double chance = std::uniform_real_distribution<double>(0.0, 1.0)(chance_);
        const auto wait = wait_before_retry(answer.status, answer.retry_after, tries, chance);
        if (!wait || finishing_) {
            failed_.Increment(static_cast<double>(batch.count));
            co_return false;
        }
        co_await pause(*wait);
    }
}

void Exporter::note_taken(std::size_t spans, std::size_t rejected, const std::string& why) {
    exported_.Increment(static_cast<double>(spans - rejected));
    failed_.Increment(static_cast<double>(rejected));
    if (rejected > 0) {
        note_failure("it rejects some: " + why);
    } else if (std::exchange(failing_, false)) {
        telemetry::log_info("The collector at " + collector_->address() + " takes spans again.");
    }
}

void Exporter::note_failure(const std::string& why) {
    if (!std::exchange(failing_, true)) {
        telemetry::log_warning("The collector at " + collector_->address() + " does not take spans: " + why +
                               ". They may be lost meanwhile; requests are not concerned.");
    }
}

void Exporter::give_up_rest() {
    std::size_t left = in_flight_;
    for (auto batch = queue_.take(); batch.count > 0; batch = queue_.take()) {
        left += batch.count;
    }
    failed_.Increment(static_cast<double>(left));
    if (left > 0) {
        telemetry::log_warning(std::to_string(left) + " spans could not be exported to the end.");
    }
}

}  // namespace tierway::tracing
