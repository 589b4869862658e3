#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tierway::net {

/// The concrete executor of a worker's event loop. A type-erased executor would cost about 2 µs a request.
using Executor = boost::asio::io_context::executor_type;

/// A coroutine that runs on one worker. Mind g++ 12: one `co_await` per statement, its arguments named first.
template <class T = void>
using Task = boost::asio::awaitable<T, Executor>;

/// Completion token: `auto [error, size] = co_await socket.async_read_some(buffer, kAwait);`
inline constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable_t<Executor>{});

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

}  // namespace tierway::net
