#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/arrivals.hpp"
#include "net/body_parts.hpp"
#include "net/gather.hpp"
#include "tierway/base/text_buffer.hpp"
#include "tierway/net/read_buffer.hpp"
#include "tierway/net/server.hpp"
#include "tierway/net/sweep.hpp"

namespace tierway::net {

struct Server::Shared {
    ServerLimits limits;
    std::atomic<ServerPhase> phase{ServerPhase::Serving};
    std::atomic<bool> turns_away{false};
    std::atomic<unsigned> being_turned_away{0};

    [[nodiscard]] bool reached(ServerPhase wanted) const noexcept { return phase.load(std::memory_order_relaxed) >= wanted; }
};

/// One client connection: receives a request, lets the handler answer it, and begins anew (RFC 9112 section 9.3). It owns the
/// read buffer in which the whole request lies. Held by its own coroutine.
class ServerConnection final : public Swept, public WriteProgress {
public:
    ServerConnection(Worker& worker, Handler& handler, std::shared_ptr<Server::Shared> shared, Socket socket);
    ~ServerConnection() override;

    Task<> run();
    void on_sweep(SteadyTime now) override;
    void on_write_progress() override;

private:
    friend class Exchange;

    enum class Received : std::uint8_t { Request, Refused, Closed };
    enum class Stage : std::uint8_t { Idle, Head, Body, Handling, Closing };

    /// What a read asks for at least: a connection's buffer begins with it and grows with its requests, so that the many that
    /// send little and wait for a long stream hold little.
    static constexpr std::size_t kReadBytes = std::size_t{2} * 1024;

    // server_receive.cpp
    Task<Received> receive();
    Task<Received> receive_sized_body(std::size_t wanted);
    Task<Received> receive_chunked_body();
    /// Reads the beginning of a request, if there is one.
    std::optional<std::size_t> read_idle(boost::system::error_code& error);
    /// Reads more into the buffer; false when the peer closed, reset, or was too slow.
    Task<bool> read_more(std::size_t wanted);
    Received refuse(Error error);
    /// Why the rest of a request did not come. \param part "head" or "body".
    Received refuse_incomplete(std::string_view part);
    [[nodiscard]] Error too_large(std::size_t limit) const;

    // server_receive_part.cpp
    /// The body that follows is taken in parts.
    void begin_parts(const wire::GuardedHead& head, std::size_t bytes_max);
    /// Takes from the buffer what it holds of the body.
    Result<void> take_part();
    /// Waits for the next part. REQUIRES: the last one did not end the body, nor fail.
    Task<Result<BodyPart>> receive_part();

    Task<> close_gently();
    /// Waits; false when the wait was cut short.
    Task<bool> pause(Nanoseconds duration);

    void begin_head(unsigned status, std::string_view headers, std::string_view framing);
    Task<bool> send(std::span<const std::string_view> pieces);
    /// Listens for the client's departure while the handler works.
    void watch_peer();
    void peer_left();
    /// Makes the waiting read or write fail.
    void give_up_waiting();
    /// Ends an idle connection, unless a request has just come.
    void close_if_idle();
    /// Tells what is under way that its time is over.
    void end(SteadyTime now);

    Worker& worker_;
    Handler& handler_;
    std::shared_ptr<Server::Shared> shared_;
    Socket socket_;
    Arrivals arrivals_;
    ReadBuffer buffer_;
    std::string head_text_;
    std::string chunked_body_;
    std::string_view method_;
    std::string_view target_;
    wire::HttpFields fields_;
    std::size_t request_bytes_ = 0;  ///< Of `buffer_`, to be consumed before the next request.
    std::size_t body_bytes_ = 0;     ///< At the front of `buffer_`, unless the body was chunked.
    bool body_was_chunked_ = false;
    std::unique_ptr<BodyParts> parts_;  ///< While a body is taken in parts.
    std::optional<Error> receive_error_;
    SteadyTime began_at_{};

    Stage stage_ = Stage::Idle;
    SteadyTime deadline_ = SteadyTime::max();
    bool timed_out_ = false;
    bool close_after_ = false;
    bool client_gone_ = false;
    bool pipelined_ = false;
    bool watching_ = false;
    std::function<void()> on_gone_;
    std::function<void()> on_shutdown_;
    Timer* pausing_ = nullptr;  ///< Of the handler's `pause`.
    bool shutting_down_ = false;
    SteadyTime last_words_until_ = SteadyTime::max();  ///< No write waits for longer.

    TextBuffer out_head_;  ///< The response head, until it is sent.
    bool head_pending_ = false;
    bool head_sent_ = false;
    bool abandoned_ = false;
    std::vector<std::string_view> out_;
    std::array<char, 20> chunk_head_{};  ///< Of the chunk in `out_`.
};

}  // namespace tierway::net
