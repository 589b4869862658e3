#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/upstream/health_board.hpp"

namespace tierway::upstream {

/// What the driver of a request is to do next.
struct Step {
    enum class Kind : std::uint8_t {
        Ask,   ///< Ask `model` now and report how that ended.
        Wait,  ///< Wait for `wait`, then call `next` again: the world may be another one by then.
        End,   ///< Nobody of this tier is to be asked any more; `ending` says why.
    };
    Kind kind = Kind::End;
    config::ModelId model{};
    Milliseconds wait{0};  ///< At most the larger of `backoff_max` and `retry_after_max`.
};

enum class EndReason : std::uint8_t {
    Refused,      ///< A provider refused the request itself, so that nobody else is to be asked, on no tier.
    Exhausted,    ///< The attempts are used up, or each target failed, is ruled out or rests.
    Unavailable,  ///< No target of the tier was asked: each rests after failures or a rate limit.
};

/// A target that was passed over because its model is at a limit of ours (`models.….limits`).
struct LimitedTarget {
    config::ModelId model{};
    RateLimitKind limit{};
};

/// How the attempts on a tier ended without an answer.
struct Ending {
    EndReason reason = EndReason::Unavailable;
    /// What the client is told: the refusal of the request if there was one, else the error of the first provider that was asked,
    /// else (nobody was) "rate_limit_exceeded", to be answered with 429, when a limit of ours keeps one away,
    /// "request_exceeds_rate_limit" when it always will, and else "upstream_unavailable", to be answered with 503.
    Error error;
    /// The shortest time after which asking again is of use, over all targets of the request; empty when none is known, and for a
    /// refusal.
    std::optional<Milliseconds> retry_after;
};

/// Decides, attempt by attempt, whom a request asks next, over all of its tiers. Pure: the time and the jitter are arguments, and
/// the health of the models is the board's. One for each request, for one thread; holds the permit of the attempt under way, so
/// that its end is told to the board exactly once, as nothing when the machine is destroyed before it is reported.
///
/// - At most `attempts` over all targets and tiers; a tier that is begun gets one at least.
/// - A refusal of the request itself is final: no other target is asked, a content filter's least of all. A request that is too
///   long goes on to targets of the tier whose window is known to be larger than that of every target that found it so.
/// - A target that was silent, or whose refusal concerns it alone (`meaning_of`), is not asked again in this request, on no tier.
/// - A target not asked yet is asked at once, in the order given. One that failed before is asked again only after what its
///   Retry-After says and an exponential backoff with jitter (half of it to the whole), counted from its failure, and only within
///   the retry budget; of several such, the one whose time comes first. One that asks for more than `retry_after_max` is ruled
///   out.
/// - A target whose breaker is open, that cools down or is at a limit of ours is passed over; nobody waits for it, unless it is its
///   own Retry-After. That a limit kept it away says nothing of its health and is no attempt.
///
/// Life cycle: `begin_tier`, `next` → (Ask: perform, `failed` or `succeeded`, `next` …) | (Wait: `next`) | End; after an approved
/// climb `begin_tier` again.
class RetryMachine {
public:
    /// Both must outlive it. \param tokens what each attempt may use.
    RetryMachine(const config::Snapshot& snapshot, HealthBoard& health, const TokenDemand& tokens = {});

    /// Goes on with these targets, in this order; a model named twice is one. What the request learnt of a target stays.
    /// REQUIRES: no attempt is under way.
    void begin_tier(std::span<const config::ModelId> targets);

    /// REQUIRES: a tier is begun and no attempt is under way.
    Step next(SteadyTime now);

    /// The attempt is not made after all, because the request may not cost so much: its target is not asked again in this
    /// request, and nothing is counted. REQUIRES: an attempt is under way.
    void declined(SteadyTime now);
    /// The attempt's answer has begun, which lets other requests follow a probe. REQUIRES: an attempt is under way.
    void answering(SteadyTime now);
    /// The attempt failed. \param retry_after what the provider asked for, if it did. \param jitter uniform in [0, 1).
    /// REQUIRES: an attempt is under way.
    void failed(const Error& error, std::optional<Milliseconds> retry_after, SteadyTime now, double jitter);
    /// The attempt brought a whole answer. Earlier errors of the request are told to nobody any more.
    /// REQUIRES: an attempt is under way.
    void succeeded(SteadyTime now);
    /// As `Permit::used`; to be said before how the attempt ended. REQUIRES: an attempt is under way.
    void used(std::int64_t tokens, bool known, SteadyTime now);
    /// The attempt is not sent after all, and counts for nothing at its model. REQUIRES: an attempt is under way.
    void withdrawn(SteadyTime now);

    /// REQUIRES: `next` said End for the tier.
    [[nodiscard]] Ending ending(SteadyTime now) const;

    /// Who of the tier was passed over at a limit of ours, each once, in the order it was found.
    [[nodiscard]] std::span<const LimitedTarget> limited() const noexcept { return limited_; }
    /// Attempts handed out.
    [[nodiscard]] unsigned attempts() const noexcept { return attempts_; }
    /// How often another model of the same tier than before was asked.
    [[nodiscard]] unsigned fallbacks() const noexcept { return fallbacks_; }

private:
    enum class State : std::uint8_t { Untried, MayRetry, Excluded };
    struct Target {
        config::ModelId model{};
        State state = State::Untried;
        unsigned failures = 0;
        SteadyTime ready_at{};                          ///< Of MayRetry.
        std::optional<SteadyTime> retry_after_until{};  ///< What the provider asked for.
    };

    [[nodiscard]] bool window_suffices(const Target& target) const;
    std::optional<Step> ask_somebody_new(SteadyTime now);
    std::optional<Step> ask_somebody_again(SteadyTime now);
    bool try_to_ask(std::size_t position, AttemptKind kind, SteadyTime now);
    void note_failure(Target& target, const Error& error, std::optional<Milliseconds> retry_after, SteadyTime now, double jitter);
    void note_limited(config::ModelId model, RateLimitKind limit);
    [[nodiscard]] std::optional<Milliseconds> shortest_wait(SteadyTime now) const;

    const config::Snapshot& snapshot_;
    HealthBoard& health_;
    TokenDemand tokens_;
    std::vector<Target> targets_;         ///< Of every tier so far.
    std::vector<std::size_t> tier_;       ///< Positions in `targets_`, in order.
    std::vector<LimitedTarget> limited_;  ///< Of the tier.
    Permit permit_;                       ///< Of the attempt under way at `current_`.
    std::optional<std::size_t> current_;  ///< Whom this tier asked last …
    std::optional<std::size_t> before_;   ///< … and before that, while the attempt is under way.
    std::optional<Error> first_error_;
    std::optional<Error> refusal_;      ///< The first that concerns the request itself.
    std::int64_t window_exceeded_ = 0;  ///< The largest context window that was too small; 0: none was.
    unsigned attempts_ = 0;
    unsigned attempts_left_ = 0;
    unsigned fallbacks_ = 0;
    bool final_ = false;
};

}  // namespace tierway::upstream
