#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/net/origin.hpp"
#include "tierway/net/read_buffer.hpp"
#include "tierway/net/sweep.hpp"
#include "tierway/net/task.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::net {

class Arrivals;
class GatheredWrite;
class ResponseParser;
class Worker;

/// The head of an upstream's answer. Views are valid until the connection sends its next request.
struct ResponseHead {
    unsigned status = 0;
    wire::HttpFields fields;
};

/// A piece of an answer's body: the bytes that one read brought, without framing.
struct BodyBatch {
    std::span<const std::string_view> pieces;  ///< Valid until the next read on the connection.
    bool last = false;                         ///< The message is complete, as far as HTTP can tell.
};

/// One connection to an upstream, plain or TLS; one request at a time. Each waiting call has its own deadline, kept to within a
/// sweep; when it passes, the call answers UpstreamTimeout and the connection is finished. Any error finishes it. Lives on one
/// worker; not for sharing.
class UpstreamConnection final : public Swept {
public:
    UpstreamConnection(Worker& worker, const Origin& origin);
    ~UpstreamConnection() override;

    /// Resolves, connects and, for TLS, verifies chain and host name. Nothing of a request is sent before that.
    Task<Result<void>> connect(SteadyTime deadline);
    /// Sends a request, gathered from pieces that must stay in place until it returns.
    Task<Result<void>> send(std::span<const std::string_view> pieces, SteadyTime deadline);
    /// Sends more of the same request.
    Task<Result<void>> send_more(std::span<const std::string_view> pieces, SteadyTime deadline);
    /// Whether the upstream has begun to answer what is still being sent, as far as a look at the socket tells: over TLS it does not.
    [[nodiscard]] bool answers_early();
    /// Reads the head of the final response; interim 100 and 103 responses are passed over.
    Task<Result<void>> read_head(SteadyTime deadline);
    /// What of the body has already arrived, without waiting; empty when there is nothing of it, and `read_body` must be awaited.
    std::optional<Result<BodyBatch>> body_at_hand();
    /// Reads more of the body; brings bytes, or the end, or both. REQUIRES: the head was read and the last batch was not `last`.
    Task<Result<BodyBatch>> read_body(SteadyTime deadline);

    [[nodiscard]] const ResponseHead& head() const noexcept { return head_; }
    /// The answer ended only by the connection's end: HTTP cannot tell whether it is whole.
    [[nodiscard]] bool ended_by_close() const noexcept;
    /// Whether any byte of the current response has arrived.
    [[nodiscard]] bool received_anything() const noexcept { return received_anything_; }
    /// Whether the connection can carry another request: the response was read whole, and both sides keep it open.
    [[nodiscard]] bool reusable() const noexcept;
    /// Whether the peer closed it, or sent bytes nobody asked for, while it was idle.
    [[nodiscard]] bool stale(SteadyTime now);
    [[nodiscard]] bool reused() const noexcept { return requests_ > 1; }
    [[nodiscard]] const Origin& origin() const noexcept { return origin_; }

    /// Makes the waiting call return ClientGone soon. The connection is finished.
    void cancel();
    void on_sweep(SteadyTime now) override;

    SteadyTime idle_since{};  ///< For the pool.

private:
    enum class Phase : std::uint8_t { Connect, Send, Head, Body };

    Task<Result<void>> handshake();
    Task<boost::system::error_code> send_encrypted(std::span<const std::string_view> pieces);
    Task<std::tuple<boost::system::error_code, std::size_t>> read_encrypted(boost::asio::mutable_buffer target);
    Task<Result<std::size_t>> read_more();
    Error failure(Phase phase, const boost::system::error_code& error) const;
    Result<void> parse_head();
    Result<void> parse_body();

    Worker& worker_;
    Origin origin_;
    Socket socket_;
    std::unique_ptr<Arrivals> arrivals_;  ///< Of a plain connection; TLS reads by itself.
    std::unique_ptr<boost::asio::ssl::stream<Socket&>> tls_;
    ReadBuffer buffer_;
    std::unique_ptr<ResponseParser> parser_;
    ResponseHead head_;
    std::string head_text_;
    std::string flattened_;
    GatheredWrite* queued_ = nullptr;  ///< The request, while its turn to be sent has not come.
    std::vector<std::string_view> pieces_;
    std::size_t parsed_ = 0;  ///< Bytes of `buffer_` that `pieces_` point into and the next read drops.
    SteadyTime deadline_ = SteadyTime::max();
    SteadyTime address_deadline_ = SteadyTime::max();  ///< While connecting: of the address that is tried.
    bool address_over_ = false;
    std::size_t read_bytes_ = 0;  ///< What the next read asks for, if more than the least.
    unsigned requests_ = 0;
    bool timed_out_ = false;
    bool cancelled_ = false;
    bool finished_ = false;
    bool received_anything_ = false;
};

}  // namespace tierway::net
