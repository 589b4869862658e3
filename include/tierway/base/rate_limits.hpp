#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tierway/base/rate_meter.hpp"
#include "tierway/base/time.hpp"

namespace tierway {

/// How fast somebody may go, or may be asked. What is absent is not limited.
struct RateLimits {
    std::optional<RateLimit> requests;
    std::optional<RateLimit> tokens;
    std::optional<unsigned> concurrent;  ///< Requests under way at once, streams until their end.

    [[nodiscard]] bool any() const noexcept { return requests || tokens || concurrent; }
};

enum class RateLimitKind : std::uint8_t { Requests, Tokens, Concurrent };
/// "requests", "tokens", "concurrent".
std::string_view name_of(RateLimitKind kind) noexcept;

/// What is left of each limit; absent where there is none.
struct RateLevels {
    std::optional<RateLevel> requests;
    std::optional<RateLevel> tokens;
};

/// The tokens that a request may use.
struct TokenDemand {
    std::int64_t stated = 0;   ///< What it asks for.
    std::int64_t guessed = 0;  ///< What it may use beyond that. A guess alone never makes a request too large for a limit.

    TokenDemand() noexcept = default;
    /// Implicit, because most of what is asked for is not guessed.
    TokenDemand(std::int64_t asked, std::int64_t guess = 0) noexcept : stated(asked), guessed(guess) {}  // NOLINT

    /// What is taken of a limit: all of it, but no more of the guess than passes at once.
    [[nodiscard]] std::int64_t of(const RateLimit& limit) const noexcept;
};

/// Whether a request may go on.
struct RateVerdict {
    /// When the same request passes if nobody else asks. Never, for more tokens than ever pass at once: `SteadyTime::max()`.
    SteadyTime passes_at;
    /// The limit without room, of several the one that has it last. Empty: granted.
    std::optional<RateLimitKind> refused_by = std::nullopt;

    [[nodiscard]] bool granted() const noexcept { return !refused_by; }
    [[nodiscard]] bool never() const noexcept { return passes_at == SteadyTime::max(); }
};

/// What has been taken of a set of limits: all of them together or none. Pure; not thread-safe.
class RateCounters {
public:
    /// Nobody knows when a place becomes free; who finds none is told to ask again after this.
    static constexpr Milliseconds kPlaceWait{1'000};

    explicit RateCounters(const RateLimits& limits) noexcept { set_limits(limits, SteadyTime::min()); }

    /// Whether a request of so many tokens would be granted.
    [[nodiscard]] RateVerdict check(const TokenDemand& tokens, SteadyTime now) const noexcept;
    /// Takes one request, its tokens and a place. The place is taken where nothing limits them too, for a limit to come.
    /// REQUIRES: they are granted. \returns the tokens that were taken.
    std::int64_t take(const TokenDemand& tokens, SteadyTime now) noexcept;
    /// The tokens of a request that was granted have turned out to be so many more or less; see `RateMeter::correct`.
    void correct_tokens(std::int64_t difference, SteadyTime now) noexcept;
    /// Gives back one request that was never sent; its tokens are to be corrected, its place is to be left.
    void give_back_request(SteadyTime now) noexcept;
    /// Gives a place back. REQUIRES: one is taken.
    void leave() noexcept { --under_way_; }

    /// Other limits from now on; what was taken still counts.
    void set_limits(const RateLimits& limits, SteadyTime now) noexcept;

    [[nodiscard]] RateLevels levels(SteadyTime now) const noexcept;
    [[nodiscard]] std::optional<unsigned> concurrent() const noexcept { return concurrent_; }
    /// Places taken.
    [[nodiscard]] unsigned under_way() const noexcept { return under_way_; }

private:
    std::optional<RateMeter> requests_;
    std::optional<RateMeter> tokens_;
    std::optional<unsigned> concurrent_;
    unsigned under_way_ = 0;
};

}  // namespace tierway
