#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/net/header_block.hpp"
#include "tierway/net/task.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::net {

class ServerConnection;
class Worker;

/// A part of a request's body, without framing.
struct BodyPart {
    std::span<const std::string_view> pieces;  ///< Valid until the next part is read.
    bool last = false;                         ///< The body is whole.
};

/// One request on a server connection, and the means to answer it. Lives on one worker, for as long as its handler runs; the
/// views it hands out live as long.
class Exchange {
public:
    explicit Exchange(ServerConnection& connection) : connection_(connection) {}
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    /// Why the request could not be received, if it could not: the handler answers it (the connection closes afterwards). The
    /// head may be unknown then.
    [[nodiscard]] const std::optional<Error>& receive_error() const noexcept;
    [[nodiscard]] std::string_view method() const noexcept;
    /// Path and query, origin-form.
    [[nodiscard]] std::string_view target() const noexcept;
    [[nodiscard]] const wire::HttpFields& fields() const noexcept;
    /// Empty while the body comes in parts.
    [[nodiscard]] std::string_view body() const noexcept;
    /// Whether the body is to be read in parts (`Handler::body_in_parts_max`). An answer before its end closes the connection.
    [[nodiscard]] bool body_in_parts() const noexcept;
    /// Waits for the next part of such a body. Errors: as `receive_error` would say it, and then there is no further part.
    /// REQUIRES: the last part did not end it.
    Task<Result<BodyPart>> read_body();
    /// When the request's first byte was seen.
    [[nodiscard]] SteadyTime began_at() const noexcept;

    /// Sends a whole answer. `headers` must not hold framing, Date or Connection. The body's pieces must stay in place until it
    /// returns. \returns false when the client is gone or too slow; the connection is finished then.
    Task<bool> respond(unsigned status, const HeaderBlock& headers, std::span<const std::string_view> body);

    /// Answers with a status that has no content (204, 304), and so no length either (RFC 9110 section 8.6).
    Task<bool> respond_without_content(unsigned status, const HeaderBlock& headers);

    /// Begins an answer of unknown length; its head travels with the first `write`, or with `finish`.
    void begin_stream(unsigned status, const HeaderBlock& headers);
    /// Sends pieces as one chunk. Nothing is sent when they are all empty, because an empty chunk would end the body.
    Task<bool> write(std::span<const std::string_view> pieces);
    /// Sends one chunk (with the head, if it is still to be sent) if the client's window takes it at once; else the client counts
    /// as gone. For keep-alive comments, from a sweep. REQUIRES: no other write is under way.
    bool write_now(std::string_view piece);
    /// Ends the answer properly.
    Task<bool> finish();
    /// Gives the answer up: no last chunk, and the connection closes after what was written, so that nobody takes it for whole.
    void abandon() noexcept;
    /// Ends the connection with a reset, at once. For simulated faults.
    void reset() noexcept;

    [[nodiscard]] bool head_sent() const noexcept;
    /// Whether the client has closed its side (FIN counts as gone: RELIABILITY.md section 8 row 17), reset, or stalled a write.
    [[nodiscard]] bool client_gone() const noexcept;
    /// Called at most once, when the client leaves while the handler runs; an empty function clears it. Must not suspend.
    void on_client_gone(std::function<void()> notify);

    /// Whether the server has told this request that its time is over. The handler then has `DrainSchedule::kLastWords` to end:
    /// with `server_shutting_down` as an answer, or in-band and without a proper end once the answer has begun.
    [[nodiscard]] bool shutting_down() const noexcept;
    /// Called at most once, when that happens while the handler runs, or at once if it already has; an empty function clears it.
    /// For cancelling what the handler awaits. Must not suspend.
    void on_shutdown(std::function<void()> notify);

    /// Waits, but only as long as there is a reason to: \returns false when the client left or `shutting_down` meanwhile.
    Task<bool> pause(Nanoseconds duration);

    [[nodiscard]] Worker& worker() noexcept;

private:
    ServerConnection& connection_;
};

/// Answers requests. One for each worker; called on that worker's thread, once for each request that began, good or bad.
class Handler {
public:
    virtual ~Handler() = default;
    virtual Task<> handle(Exchange& exchange) = 0;
    /// Asked once the head of a request with a body is known. Empty: the body is to lie whole in memory, bounded by the server's
    /// limit. Else it may have at most so many bytes, which the handler reads in parts.
    [[nodiscard]] virtual std::optional<std::size_t> body_in_parts_max(std::string_view /*target*/) const { return std::nullopt; }
};

}  // namespace tierway::net
