#include "tierway/net/worker.hpp"

#include <pthread.h>

#include <array>
#include <ctime>

#include "net/send_turn.hpp"
#include "tierway/net/upstream_pool.hpp"

namespace tierway::net {

Worker::Worker()
    : work_(boost::asio::make_work_guard(context_)),
      sweep_(context_),
      send_turn_(std::make_unique<SendTurn>(context_)),
      pool_(std::make_unique<UpstreamPool>(*this)) {}

Worker::~Worker() {
    stop();
    // Coroutines that are still suspended refer to the pool and the sweep: destroy them first.
    send_turn_->clear();
    context_.shutdown();
}

void Worker::start(const std::string& thread_name) {
    thread_ = std::thread([this, thread_name] {
        // The kernel keeps 15 characters.
        pthread_setname_np(pthread_self(), thread_name.substr(0, 15).c_str());
        sweep_.start();
        context_.run();
    });
}

void Worker::stop() {
    if (thread_.joinable()) {
        context_.stop();
        thread_.join();
    }
}

Task<> Worker::sleep(Nanoseconds duration) {
    Timer timer(context_);
    timer.expires_after(duration);
    co_await timer.async_wait(kAwait);
}

std::string_view Worker::http_date() {
    // Precise to a tick of the kernel, which is enough for seconds and costs a quarter.
    timespec now{};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (std::chrono::seconds(now.tv_sec) != date_second_) {
        date_second_ = std::chrono::seconds(now.tv_sec);
        const std::time_t seconds = now.tv_sec;
        std::tm calendar{};
        gmtime_r(&seconds, &calendar);
        std::array<char, 64> text{};
        const std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &calendar);
        date_.assign(text.data(), size);
    }
    return date_;
}

}  // namespace tierway::net
