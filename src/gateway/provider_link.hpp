#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/net/origin.hpp"
#include "tierway/net/task.hpp"
#include "tierway/net/upstream_connection.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::gateway {

/// Until when the parts of one call may take.
struct CallLimits {
    Milliseconds connect{0};
    Milliseconds headers{0};   ///< From the request's end to the end of the response head; of a whole answer the total bounds it.
    Milliseconds idle{0};      ///< Between two pieces of a refusal's body.
    SteadyTime until{};        ///< The whole call.
    bool streamed = false;
};

/// What a provider says instead of an answer.
struct Refusal {
    Error error;
    std::optional<Milliseconds> retry_after;  ///< By its headers, else by its body; empty: it does not say.
};

/// The way of one call to a provider: a pooled connection, or a fresh one when there is none or the pooled one turns out to be dead.
/// Knows neither requests nor bills. Belongs to one coroutine of one worker; `cancel` comes from another one of it.
class ProviderLink {
public:
    /// Both must outlive it.
    ProviderLink(net::Worker& worker, const net::Origin& origin) noexcept : worker_(worker), origin_(origin) {}
    ProviderLink(const ProviderLink&) = delete;
    ProviderLink& operator=(const ProviderLink&) = delete;

    /// Connects, sends the pieces, which must stay in place until it returns, and reads the response head.
    net::Task<Result<void>> open(std::span<const std::string_view> pieces, CallLimits limits);
    /// As `open`, for a request whose body is not at hand as a whole: connects anew, because nothing of it can be sent again, and sends
    /// its beginning. The rest follows by `send_more`, and `hear` reads the response head.
    net::Task<Result<void>> begin(std::span<const std::string_view> pieces, CallLimits limits);
    net::Task<Result<void>> send_more(std::span<const std::string_view> pieces, SteadyTime deadline);
    net::Task<Result<void>> hear(SteadyTime deadline);
    /// Reads what the provider says of a refusal, and when it may be asked again. \param body and \param parser scratch memory.
    net::Task<Refusal> read_refusal(std::string_view provider_name, CallLimits limits, std::string& body, wire::JsonParser& parser);
    /// Makes what is waited for end soon, with ClientGone; nothing is begun afterwards.
    void cancel();

    /// REQUIRES: `open` succeeded.
    [[nodiscard]] net::UpstreamConnection& connection() noexcept { return *connection_; }
    [[nodiscard]] bool is_connected() const noexcept { return connection_ != nullptr; }
    /// Whether the request is out.
    [[nodiscard]] bool sent() const noexcept { return sent_; }
    [[nodiscard]] bool ended_by_close() const noexcept { return connection_ && connection_->ended_by_close(); }

    /// Puts the connection back into the pool once the answer was read whole.
    void give_back();
    /// Lets the rest of an answer that needs no more reading (the framing's last bytes) arrive in the background, for the sake of
    /// reuse.
    void give_back_when_drained();

private:
    bool take_pooled();
    net::Task<Result<void>> connect(CallLimits limits);

    net::Worker& worker_;
    const net::Origin& origin_;
    std::unique_ptr<net::UpstreamConnection> connection_;
    bool sent_ = false;
    bool cancelled_ = false;
};

}  // namespace tierway::gateway
