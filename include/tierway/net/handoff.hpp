#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "tierway/base/time.hpp"
#include "tierway/net/task.hpp"
#include "tierway/net/worker.hpp"

namespace tierway::net {

/// One value that another thread hands to a coroutine of a worker. Shared by both (`std::make_shared`): whoever is later finds it
/// alive.
template <class T>
class Handoff : public std::enable_shared_from_this<Handoff<T>> {
public:
    explicit Handoff(Worker& worker) : worker_(worker), timer_(worker.context()) {}

    /// From any thread, once; the worker must still exist. \returns false when it comes too late: nobody takes it any more.
    bool give(T value) {
        const std::lock_guard lock(mutex_);
        if (given_up_) {
            return false;
        }
        value_ = std::move(value);
        if (awaited_) {
            worker_.post([self = this->shared_from_this()] { self->timer_.cancel(); });
        }
        return true;
    }

    /// On the worker's thread, once. Without suspending when the value is there. \returns empty when it did not come in time.
    Task<std::optional<T>> take(Milliseconds patience) {
        if (begin_to_wait()) {
            timer_.expires_after(patience);
            co_await timer_.async_wait(kAwait);
        }
        const std::lock_guard lock(mutex_);
        given_up_ = !value_;
        co_return std::move(value_);
    }

private:
    bool begin_to_wait() {
        const std::lock_guard lock(mutex_);
        awaited_ = !value_;
        return awaited_;
    }

    Worker& worker_;
    Timer timer_;
    std::mutex mutex_;
    std::optional<T> value_;
    bool awaited_ = false;
    bool given_up_ = false;
};

}  // namespace tierway::net
