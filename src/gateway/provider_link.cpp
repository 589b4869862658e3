#include "gateway/provider_link.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "tierway/dialect/error_body.hpp"
#include "tierway/net/upstream_pool.hpp"
#include "tierway/upstream/retry_after.hpp"

namespace tierway::gateway {
namespace {

/// Of a provider's error body; what is longer is no error message.
constexpr std::size_t kRefusalBytesMax = std::size_t{64} * 1024;
/// How long the framing's last bytes may take before a connection is not worth keeping.
constexpr Milliseconds kDrainTime{1'000};

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

net::Task<> drain(std::unique_ptr<net::UpstreamConnection> connection, net::Worker& worker) {
    auto batch = co_await connection->read_body(now() + kDrainTime);
    if (batch && batch->last) {
        worker.pool().give_back(std::move(connection));
    }
}

}  // namespace

bool ProviderLink::take_pooled() {
    auto idle = worker_.pool().take_idle(origin_, now());
    if (!idle) {
        return false;
    }
    connection_ = std::move(idle);
    return true;
}

net::Task<Result<void>> ProviderLink::connect(CallLimits limits) {
    connection_ = std::make_unique<net::UpstreamConnection>(worker_, origin_);
    const SteadyTime deadline = std::min(now() + limits.connect, limits.until);
    auto connected = co_await connection_->connect(deadline);
    co_return connected;
}

net::Task<Result<void>> ProviderLink::open(std::span<const std::string_view> pieces, CallLimits limits) {
    SteadyTime sent_at = now();
    Result<void> opened = Result<void>();
    for (const bool fresh : {false, true}) {
        if (cancelled_) {
            co_return Error::client_gone();
        }
        if (fresh || !take_pooled()) {
            opened = co_await connect(limits);
            sent_at = now();
        }
        if (!opened) {
            break;
        }
        const SteadyTime headers_deadline = std::min(sent_at + limits.headers, limits.until);
        opened = co_await connection_->send(pieces, headers_deadline);
        if (opened) {
            sent_ = true;
            // A whole answer comes with its head, when it is ready: only the total bounds it.
            const SteadyTime head_deadline = limits.streamed ? headers_deadline : limits.until;
            opened = co_await connection_->read_head(head_deadline);
        }
        const bool try_fresh = !opened && !fresh && opened.error().retry() == Retry::OnlyIfReused;
        if (!try_fresh) {
            break;
        }
        opened = Result<void>();
    }
    co_return opened;
}

net::Task<Result<void>> ProviderLink::begin(std::span<const std::string_view> pieces, CallLimits limits) {
    if (cancelled_) {
        co_return Error::client_gone();
    }
    auto begun = co_await connect(limits);
    if (begun) {
        const SteadyTime deadline = std::min(now() + limits.headers, limits.until);
        begun = co_await connection_->send(pieces, deadline);
    }
    co_return begun;
}

net::Task<Result<void>> ProviderLink::send_more(std::span<const std::string_view> pieces, SteadyTime deadline) {
    if (cancelled_) {
        co_return Error::client_gone();
    }
    auto sent = co_await connection_->send_more(pieces, deadline);
    co_return sent;
}

net::Task<Result<void>> ProviderLink::hear(SteadyTime deadline) {
    if (cancelled_) {
        co_return Error::client_gone();
    }
    sent_ = true;
    auto heard = co_await connection_->read_head(deadline);
    co_return heard;
}

net::Task<Refusal> ProviderLink::read_refusal(std::string_view provider_name, CallLimits limits, std::string& body,
                                              wire::JsonParser& parser) {
    // The head's bytes are the connection's, which may be given back before the body is understood.
    const wire::HttpFields& fields = connection_->head().fields;
    Refusal refusal;
    refusal.retry_after =
        upstream::read_retry_after(fields.get("retry-after"), fields.get("retry-after-ms"), std::chrono::system_clock::now());
    const std::string error_type(fields.get("x-amzn-errortype"));
    body.clear();
    bool last = false;
    while (!last && body.size() < kRefusalBytesMax) {
        const SteadyTime deadline = std::min(now() + limits.idle, limits.until);
        auto batch = co_await connection_->read_body(deadline);
        if (!batch) {
            break;
        }
        for (const std::string_view piece : batch->pieces) {
            body.append(piece);
        }
        last = batch->last;
    }
    const unsigned status = connection_->head().status;
    if (last) {
        give_back();
    }
    const auto parsed = parser.parse(body);
    const wire::JsonValue said = parsed ? *parsed : wire::JsonValue();
    refusal.error = dialect::error_from_provider(status, said, provider_name, error_type);
    if (!refusal.retry_after) {
        refusal.retry_after = dialect::retry_delay_in(said);
    }
    co_return refusal;
}

void ProviderLink::cancel() {
    cancelled_ = true;
    if (connection_) {
        connection_->cancel();
    }
}

void ProviderLink::give_back() {
    worker_.pool().give_back(std::move(connection_));
}

void ProviderLink::give_back_when_drained() {
    if (connection_) {
        boost::asio::co_spawn(worker_.executor(), drain(std::move(connection_), worker_), [](const std::exception_ptr&) {});
    }
}

}  // namespace tierway::gateway
