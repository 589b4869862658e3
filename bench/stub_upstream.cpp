// A fast upstream for benchmarks: answers every POST from precomputed bytes, so that a proxy in front of it is what is measured.
//
//   stub_upstream PORT [busy]
//
// One thread, one epoll loop, keep-alive, loopback only. It reads no more of a request than it must: the Content-Length, and
// whether
// `"stream":true` stands in the first or last KiB of the body (top-level fields lie at the ends; inside a message the quotes
// would be escaped). Not streamed: a 700-byte chat completion with usage. Streamed: 50 events, the last with usage, then [DONE];
// each event is one chunk and one write. Streams go back to back, taking turns event by event; with `"user":"paced"` also there,
// 20 ms apart. `GET /stats` answers the counts so far. Requests must carry a Content-Length and must not be pipelined: others are
// cut off.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kAnswerBytes = 700;
constexpr std::size_t kEvents = 50;
constexpr std::size_t kWindowBytes = 1024;
constexpr std::size_t kHeadBytesMax = 16 * 1024;
constexpr auto kPace = std::chrono::milliseconds(20);
constexpr auto kStayAwake = std::chrono::milliseconds(50);

struct Connection {
    int socket = -1;
    std::string start;  ///< The head, and the body up to kWindowBytes.
    std::string tail;   ///< The last kWindowBytes of a body that `start` does not hold whole.
    std::size_t head_bytes = 0;
    std::size_t body_remaining = 0;

    std::size_t next_piece = 0;    ///< Of the stream that is being answered.
    std::size_t piece_offset = 0;  ///< Bytes of that piece which a full socket has already taken.
    bool streaming = false;
    bool blocked = false;
    Clock::duration pace{};
    Clock::time_point due;
};

std::string whole_answer() {
    const std::string before =
        R"({"id":"chatcmpl-bench0123456789","object":"chat.completion","created":1750000000,"model":"stub-small-2025",)"
        R"("choices":[{"index":0,"message":{"role":"assistant","content":")";
    const std::string after =
        R"(","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":212,"completion_tokens":64,)"
        R"("total_tokens":276,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}},)"
        R"("service_tier":"default","system_fingerprint":"fp_bench"})";
    constexpr std::string_view kText = "The parcel left the depot on Monday and reaches you on Thursday at the latest.\\n";
    std::string body = before;
    while (body.size() + kText.size() + after.size() <= kAnswerBytes) {
        body += kText;
    }
    body.append(kAnswerBytes - body.size() - after.size(), '.');
    body += after;
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nX-Request-Id: req_bench0123456789\r\n\r\n" + body;
}

std::string as_chunk(const std::string& data) {
    std::array<char, 16> size{};
    const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", data.size());
    return std::string(size.data(), static_cast<std::size_t>(digits)) + data + "\r\n";
}

/// The writes of one stream: the head goes with the first event, the end of the body with [DONE].
std::vector<std::string> stream_pieces() {
    const std::string before = R"(data: {"id":"chatcmpl-bench0123456789","object":"chat.completion.chunk","created":1750000000,)"
                               R"("model":"stub-small-2025","choices":[)";
    std::vector<std::string> pieces;
    for (std::size_t i = 0; i + 2 < kEvents; ++i) {
        const std::string delta =
            i == 0 ? R"("role":"assistant","content":"")" : R"("content":" parcel)" + std::to_string(i) + '"';
        pieces.push_back(
            as_chunk(before + R"({"index":0,"delta":{)" + delta + "},\"logprobs\":null,\"finish_reason\":null}]}\n\n"));
    }
    pieces.push_back(as_chunk(before + "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n"));
    pieces.push_back(as_chunk(before + "],\"usage\":{\"prompt_tokens\":212,\"completion_tokens\":48,\"total_tokens\":260}}\n\n"));
    pieces.push_back(as_chunk("data: [DONE]\n\n") + "0\r\n\r\n");
    pieces.front().insert(0,
                          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\n"
                          "Transfer-Encoding: chunked\r\nX-Request-Id: req_bench0123456789\r\n\r\n");
    return pieces;
}

/// The Content-Length of a head, 0 without one; empty when the body is framed in another way.
std::optional<std::size_t> content_length(std::string_view head) {
    for (std::size_t line = head.find("\r\n"); line != std::string_view::npos; line = head.find("\r\n", line + 2)) {
        const std::string_view rest = head.substr(line + 2);
        if (rest.size() > 18 && strncasecmp(rest.data(), "Transfer-Encoding:", 18) == 0) {
            return std::nullopt;
        }
        if (rest.size() > 15 && strncasecmp(rest.data(), "Content-Length:", 15) == 0) {
            const std::size_t digits = rest.find_first_not_of(" \t", 15);
            std::size_t length = 0;
            if (digits == std::string_view::npos ||
                std::from_chars(rest.data() + digits, rest.data() + rest.size(), length).ec != std::errc{}) {
                return std::nullopt;
            }
            return length;
        }
    }
    return 0;
}

class Stub {
public:
    Stub(std::uint16_t port, bool busy) : busy_(busy), epoll_(epoll_create1(EPOLL_CLOEXEC)), scratch_(std::size_t{256} * 1024) {
        listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const int on = 1;
        setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(listener_, 1024) != 0) {
            std::perror("stub_upstream: cannot listen");
            std::exit(1);
        }
        watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 256> events{};
        for (;;) {
            std::optional<timespec> timeout = time_to_next_event();
            if (busy_ && !timeout && Clock::now() - last_work_ < kStayAwake) {
                timeout = timespec{};
            }
            const int count =
                epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), timeout ? &*timeout : nullptr, nullptr);
            if (busy_ && count > 0) {
                last_work_ = Clock::now();
            } else if (busy_) {
                sched_yield();
            }
            for (int i = 0; i < count; ++i) {
                const epoll_event& event = events[static_cast<std::size_t>(i)];
                if (event.data.fd == listener_) {
                    accept_all();
                } else {
                    serve(event.data.fd, event.events);
                }
            }
            advance_streams();
        }
    }

private:
    void watch(int operation, int descriptor, std::uint32_t interest) const {
        epoll_event event{};
        event.events = interest;
        event.data.fd = descriptor;
        epoll_ctl(epoll_, operation, descriptor, &event);
    }

    void accept_all() {
        for (int peer; (peer = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
            const int on = 1;
            setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            if (connections_.size() <= static_cast<std::size_t>(peer)) {
                connections_.resize(static_cast<std::size_t>(peer) + 1);
            }
            auto connection = std::make_unique<Connection>();
            connection->socket = peer;
            connections_[static_cast<std::size_t>(peer)] = std::move(connection);
            watch(EPOLL_CTL_ADD, peer, EPOLLIN);
        }
    }

    void drop(Connection& connection) {
        std::erase(streams_, &connection);
        const int socket = connection.socket;
        connections_[static_cast<std::size_t>(socket)].reset();
        close(socket);
    }

    void serve(int socket, std::uint32_t ready) {
        Connection& connection = *connections_[static_cast<std::size_t>(socket)];
        if ((ready & EPOLLOUT) != 0) {
            connection.blocked = false;
            watch(EPOLL_CTL_MOD, socket, EPOLLIN);
        }
        if ((ready & ~static_cast<std::uint32_t>(EPOLLOUT)) == 0) {
            return;
        }
        const ssize_t count = recv(socket, scratch_.data(), scratch_.size(), 0);
        if (count < 0 && errno == EAGAIN) {
            return;
        }
        if (count <= 0 || connection.streaming || !take(connection, {scratch_.data(), static_cast<std::size_t>(count)})) {
            drop(connection);
        }
    }

    /// Takes the next bytes of a request and answers it when it is whole. False: the connection is of no more use.
    bool take(Connection& connection, std::string_view bytes) {
        if (connection.head_bytes == 0) {
            connection.start += bytes;
            const std::size_t end = connection.start.find("\r\n\r\n");
            if (end == std::string::npos) {
                return connection.start.size() <= kHeadBytesMax;
            }
            connection.head_bytes = end + 4;
            const auto length = content_length(std::string_view(connection.start).substr(0, end + 2));
            bytes = std::string_view(bytes).substr(bytes.size() - (connection.start.size() - connection.head_bytes));
            if (!length || bytes.size() > *length) {
                return false;
            }
            connection.body_remaining = *length;
        } else if (bytes.size() > connection.body_remaining) {
            return false;
        } else if (connection.start.size() < connection.head_bytes + kWindowBytes) {
            connection.start += bytes.substr(0, kWindowBytes);
        }
        connection.body_remaining -= bytes.size();
        keep_tail(connection, bytes);
        return connection.body_remaining > 0 || answer(connection);
    }

    static void keep_tail(Connection& connection, std::string_view bytes) {
        if (bytes.size() >= kWindowBytes) {
            connection.tail = bytes.substr(bytes.size() - kWindowBytes);
            return;
        }
        connection.tail += bytes;
        if (connection.tail.size() > kWindowBytes) {
            connection.tail.erase(0, connection.tail.size() - kWindowBytes);
        }
    }

    bool answer(Connection& connection) {
        const std::string_view head = std::string_view(connection.start).substr(0, connection.head_bytes);
        const std::string_view first = std::string_view(connection.start).substr(connection.head_bytes, kWindowBytes);
        const auto asks_for = [&](std::string_view field) {
            return first.find(field) != std::string_view::npos || connection.tail.find(field) != std::string::npos;
        };
        bool fine = true;
        if (head.starts_with("GET /stats ")) {
            fine = send_stats(connection);
        } else if (asks_for(R"("stream":true)")) {
            begin_stream(connection, asks_for(R"("user":"paced")"));
        } else {
            ++requests_;
            fine = send_all(connection, answer_);
        }
        connection.start.clear();
        connection.tail.clear();
        connection.head_bytes = 0;
        return fine;
    }

    bool send_stats(const Connection& connection) const {
        const std::string body = std::to_string(requests_) + ' ' + std::to_string(events_) + '\n';
        return send_all(connection, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }

    /// A whole answer always fits into an idle socket's buffer.
    static bool send_all(const Connection& connection, std::string_view bytes) {
        return send(connection.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
    }

    void begin_stream(Connection& connection, bool paced) {
        ++requests_;
        connection.streaming = true;
        connection.next_piece = 0;
        connection.piece_offset = 0;
        connection.pace = paced ? Clock::duration(kPace) : Clock::duration::zero();
        connection.due = Clock::now();
        if (paced) {
            // Clients that start together must not get their events together: the golden ratio spreads the phases evenly.
            phase_ += 0.618033988749895;
            phase_ -= static_cast<double>(static_cast<int>(phase_));
            connection.due += std::chrono::duration_cast<Clock::duration>(kPace * phase_);
        }
        streams_.push_back(&connection);
    }

    /// Nothing to wait for: empty. A blocked stream waits for its socket alone.
    std::optional<timespec> time_to_next_event() const {
        auto next = Clock::time_point::max();
        for (const Connection* stream : streams_) {
            if (!stream->blocked) {
                next = std::min(next, stream->due);
            }
        }
        if (next == Clock::time_point::max()) {
            return std::nullopt;
        }
        const auto wait = std::max<std::int64_t>(0, std::chrono::nanoseconds(next - Clock::now()).count());
        return timespec{wait / 1'000'000'000, wait % 1'000'000'000};
    }

    void advance_streams() {
        if (streams_.empty()) {
            return;
        }
        const auto now = Clock::now();
        for (std::size_t i = 0; i < streams_.size();) {
            Connection& stream = *streams_[i];
            const bool failed = !stream.blocked && stream.due <= now && !write_next_piece(stream);
            if (failed) {
                drop(stream);
            } else if (!stream.streaming) {
                streams_.erase(streams_.begin() + static_cast<std::ptrdiff_t>(i));
            } else {
                ++i;
            }
        }
    }

    bool write_next_piece(Connection& stream) {
        const std::string_view piece = std::string_view(pieces_[stream.next_piece]).substr(stream.piece_offset);
        const ssize_t count = send(stream.socket, piece.data(), piece.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN) {
            return false;
        }
        const std::size_t sent = count < 0 ? 0 : static_cast<std::size_t>(count);
        if (sent < piece.size()) {
            stream.piece_offset += sent;
            stream.blocked = true;
            watch(EPOLL_CTL_MOD, stream.socket, EPOLLIN | EPOLLOUT);
            return true;
        }
        stream.piece_offset = 0;
        stream.due += stream.pace;
        stream.streaming = ++stream.next_piece < pieces_.size();
        events_ += stream.streaming ? 1 : 0;
        return true;
    }

    bool busy_;
    int epoll_;
    int listener_;
    std::vector<char> scratch_;
    std::vector<std::unique_ptr<Connection>> connections_;  ///< By descriptor.
    std::vector<Connection*> streams_;
    const std::string answer_ = whole_answer();
    const std::vector<std::string> pieces_ = stream_pieces();
    Clock::time_point last_work_;
    double phase_ = 0.0;
    std::uint64_t requests_ = 0;
    std::uint64_t events_ = 0;  ///< Without [DONE].
};

}  // namespace

int main(int argument_count, char** arguments) {
    const bool busy = argument_count == 3 && std::string_view(arguments[2]) == "busy";
    const int port = argument_count == 2 || busy ? std::atoi(arguments[1]) : 0;
    if (port <= 0 || port > 65535) {
        std::fputs("usage: stub_upstream PORT [busy]\n", stderr);
        return 2;
    }
    Stub(static_cast<std::uint16_t>(port), busy).run();
}
