#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>

namespace tierway::net {

/// Memory of coroutine frames, from free lists of the calling thread by size.
void* allocate_frame(std::size_t bytes);
void free_frame(void* frame, std::size_t bytes) noexcept;

/// The concrete executor of a worker's event loop. A type-erased executor would cost about 2 µs a request.
using Executor = boost::asio::io_context::executor_type;

/// A coroutine that runs on one worker. Mind g++ 12: one `co_await` per statement, its arguments named first.
template <class T = void>
using Task = boost::asio::awaitable<T, Executor>;

/// Completion token: `auto [error, size] = co_await socket.async_read_some(buffer, kAwait);`
inline constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable_t<Executor>{});

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

}  // namespace tierway::net

/// Asio keeps two frames for reuse, for each thread, and asks the heap for aligned memory otherwise; with many requests under way
/// at once that is nearly every frame. Our own executor's frames come from `allocate_frame` instead.
template <>
inline void* boost::asio::detail::awaitable_frame_base<tierway::net::Executor>::operator new(std::size_t size) {
    return tierway::net::allocate_frame(size);
}
template <>
inline void boost::asio::detail::awaitable_frame_base<tierway::net::Executor>::operator delete(void* pointer, std::size_t size) {
    tierway::net::free_frame(pointer, size);
}
