#include "tracing/collector.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <span>
#include <utility>

#include "tierway/net/upstream_pool.hpp"
#include "tierway/upstream/retry_after.hpp"

namespace tierway::tracing {
namespace {

/// What OTLP's exporters take for an export in all.
constexpr Milliseconds kExportTime{10'000};
constexpr Milliseconds kConnectTime{5'000};
/// One export is under way at a time.
constexpr unsigned kIdleConnectionsMax = 1;
/// Of an answer: nobody reads more than what is wrong.
constexpr std::size_t kAnswerBytesMax = std::size_t{16} << 10U;

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

std::string words_of(const Error& error) {
    return std::string(error.detail().empty() ? error.message() : error.detail());
}

net::Task<Result<void>> exchange(net::UpstreamConnection& connection, std::span<const std::string_view> pieces, SteadyTime until,
                                 CollectorAnswer& answer) {
    auto done = co_await connection.send(pieces, until);
    if (done) {
        done = co_await connection.read_head(until);
    }
    if (!done) {
        co_return done;
    }
    const net::ResponseHead& head = connection.head();
    answer.status = head.status;
    answer.retry_after = upstream::read_retry_after(head.fields.get("retry-after"), {}, std::chrono::system_clock::now());
    bool last = false;
    while (!last && answer.body.size() < kAnswerBytesMax) {
        auto batch = co_await connection.read_body(until);
        if (!batch) {
            break;  // The status has said it all.
        }
        for (const std::string_view piece : batch->pieces) {
            answer.body.append(piece.substr(0, kAnswerBytesMax - std::min(kAnswerBytesMax, answer.body.size())));
        }
        last = batch->last;
    }
    co_return done;
}

}  // namespace

Result<Collector> Collector::make(const config::Tracing& settings, std::string_view version, std::string_view instance) {
    const config::BaseUrl& url = *settings.otlp;
    std::shared_ptr<boost::asio::ssl::context> tls;
    if (url.tls) {
        auto made = net::make_client_tls(settings.ca_file);
        if (!made) {
            return made.error();
        }
        tls = *made;
    }
    Collector collector;
    collector.origin_ = net::make_origin(url.host, url.port, std::move(tls), settings.ca_file, kIdleConnectionsMax);
    collector.address_ = url.host + ":" + std::to_string(url.port);
    collector.head_ = "POST " + url.prefix + "/v1/traces HTTP/1.1\r\nHost: " + url.authority() +
                      "\r\nContent-Type: application/json\r\nUser-Agent: tierway/" + std::string(version) + "\r\n";
    for (const config::Tracing::Header& header : settings.headers) {
        collector.head_.append(header.name).append(": ").append(header.value.reveal()).append("\r\n");
    }
    collector.head_ += "Content-Length: ";
    collector.frame_ = telemetry::otlp_frame(settings.service_name, version, instance, settings.resource);
    return collector;
}

net::Task<CollectorAnswer> Collector::ask(net::Worker& worker, const std::string& spans) const {
    CollectorAnswer answer;
    const SteadyTime until = now() + kExportTime;
    const std::string tail = std::to_string(frame_.before.size() + spans.size() + frame_.behind.size()) + "\r\n\r\n";
    const std::array<std::string_view, 5> parts{head_, tail, frame_.before, spans, frame_.behind};
    const std::span<const std::string_view> pieces(parts);
    std::unique_ptr<net::UpstreamConnection> connection = worker.pool().take_idle(origin_, now());
    while (true) {
        Result<void> done = Result<void>();
        if (!connection) {
            connection = std::make_unique<net::UpstreamConnection>(worker, origin_);
            done = co_await connection->connect(now() + kConnectTime);
        }
        if (done) {
            done = co_await exchange(*connection, pieces, until, answer);
        }
        if (done) {
            worker.pool().give_back(std::move(connection));
            co_return answer;
        }
        const bool was_kept = connection->reused();
        connection.reset();
        if (!was_kept || done.error().retry() != Retry::OnlyIfReused) {
            answer.problem = words_of(done.error());
            co_return answer;
        }
    }
}

}  // namespace tierway::tracing
