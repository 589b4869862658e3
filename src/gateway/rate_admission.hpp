#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/base/rate_limits.hpp"
#include "tierway/base/time.hpp"
#include "tierway/ledger/rate_board.hpp"
#include "tierway/ledger/shared_rates.hpp"
#include "tierway/net/task.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/policy/principal.hpp"

namespace tierway::gateway {

/// One request's leave from the rate limits of its key, and its place among the key's requests until it ends, however it ends.
/// This process's own counts are asked first: what they refuse, all replicas together would refuse too. Then those that the
/// replicas share, if there are any; when these do not answer, the own counts' word holds, so that nobody waits for long. Belongs
/// to the request's worker; what it is made with must outlive it.
class RateAdmission {
public:
    /// \param shared null: nothing is shared.
    RateAdmission(ledger::SharedRates* shared, net::Worker& worker) noexcept : shared_(shared), worker_(worker) {}
    ~RateAdmission();
    RateAdmission(const RateAdmission&) = delete;
    RateAdmission& operator=(const RateAdmission&) = delete;

    struct Request {
        const policy::Principal& principal;
        std::string_view id;
        TokenDemand tokens;
        Milliseconds wait_max{0};  ///< For the shared counts' word.
    };
    /// Once, before anything is sent.
    /// Errors: RequestRateExceeded or TokenRateExceeded, "rate_limit_exceeded"; TokenRateExceeded "request_exceeds_rate_limit"
    /// when the request is larger than what may ever pass at once.
    net::Task<Result<void>> ask(ledger::RateBoard& board, Request request);
    /// Tells what the request's tokens came to, over all its attempts; to at least so many, when that is not `known`.
    void settle(std::int64_t tokens, bool known, SteadyTime now);

    /// The limit that refused, if one did, and in how long asking again is of use; empty when it never is.
    [[nodiscard]] std::optional<RateLimitKind> refused_by() const noexcept { return refused_by_; }
    [[nodiscard]] std::optional<Milliseconds> wait() const noexcept { return wait_; }
    /// The shared counts were asked and did not answer.
    [[nodiscard]] bool shared_is_silent() const noexcept { return claim_ && !shared_levels_; }
    /// What the shared counts said is left; empty when they were not asked or did not answer.
    [[nodiscard]] const std::optional<RateLevels>& shared_levels() const noexcept { return shared_levels_; }

private:
    net::Task<std::optional<ledger::SharedRateAnswer>> ask_shared(Milliseconds wait_max);
    Error refuse(const policy::Principal& principal, RateLimitKind limit, std::optional<Nanoseconds> wait, const RateLevels& levels,
                 const TokenDemand& tokens);

    ledger::SharedRates* shared_;
    net::Worker& worker_;
    ledger::RateHold hold_;
    std::optional<ledger::SharedRateClaim> claim_;  ///< While the shared counts hold, or may hold, something for it.
    bool claim_is_sure_ = false;
    std::int64_t difference_ = 0;  ///< From what was claimed to what was used.
    std::optional<RateLevels> shared_levels_;
    std::optional<RateLimitKind> refused_by_;
    std::optional<Milliseconds> wait_;
};

/// Why a model was passed over: "requests_limit" …
std::string_view reason_of(RateLimitKind limit) noexcept;

}  // namespace tierway::gateway
