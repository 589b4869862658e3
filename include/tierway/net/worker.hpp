#pragma once

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "tierway/base/time.hpp"
#include "tierway/net/sweep.hpp"
#include "tierway/net/task.hpp"

namespace tierway::net {

class SendTurn;
class UpstreamPool;

/// An event loop whose suspended coroutines can be destroyed before the objects that they refer to.
class EventLoop : public boost::asio::io_context {
public:
    EventLoop() : boost::asio::io_context(1) {}
    using boost::asio::execution_context::shutdown;
};

/// One thread with one event loop, its own deadline sweep and its own upstream pool. A connection lives and dies on its worker,
/// so nothing on the request path takes a lock. Everything but `post`, `live_connections` and the life-cycle calls belongs to the
/// worker's own thread.
class Worker {
public:
    Worker();
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void start(const std::string& thread_name);
    /// Ends the loop without waiting for what is running, and joins the thread. Safe to call twice.
    void stop();

    [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
    [[nodiscard]] Executor executor() noexcept { return context_.get_executor(); }
    [[nodiscard]] Sweep& sweep() noexcept { return sweep_; }
    [[nodiscard]] SendTurn& send_turn() noexcept { return *send_turn_; }
    [[nodiscard]] UpstreamPool& pool() noexcept { return *pool_; }

    /// Runs `function` on the worker's thread. From any thread.
    template <class Function>
    void post(Function function) {
        boost::asio::post(context_, std::move(function));
    }

    /// As `post`, but at once when the caller is on the worker's thread already.
    template <class Function>
    void run_here(Function function) {
        boost::asio::dispatch(context_, std::move(function));
    }

    /// Suspends for a while. For waits that are rare (backoff, pacing): it arms a timer.
    Task<> sleep(Nanoseconds duration);

    /// The current Date header value (RFC 9110 section 5.6.7), renewed at most once a second.
    std::string_view http_date();

    /// Server connections that live on this worker.
    std::atomic<unsigned> live_connections{0};

private:
    EventLoop context_;
    boost::asio::executor_work_guard<Executor> work_;
    Sweep sweep_;
    std::unique_ptr<SendTurn> send_turn_;
    std::unique_ptr<UpstreamPool> pool_;
    std::thread thread_;
    std::string date_;
    std::chrono::seconds date_second_{-1};
};

}  // namespace tierway::net
