#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "tierway/base/rate_limits.hpp"
#include "tierway/base/time.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/upstream/breaker.hpp"

namespace tierway::upstream {

/// Whether a request asks a target for the first time, or again after it failed there.
enum class AttemptKind : std::uint8_t { First, Retry };

/// What is known of one model at one moment, for metrics and `/api`.
struct ModelHealth {
    BreakerState state = BreakerState::Closed;
    SteadyTime since;  ///< When it last opened or closed; the board's beginning when it never did.
    unsigned consecutive_failures = 0;
    std::uint64_t openings = 0;               ///< From closed to open; only grows.
    std::optional<SteadyTime> open_until;     ///< While it is open.
    std::optional<SteadyTime> cooling_until;  ///< While a 429's Retry-After keeps everybody away.
    unsigned in_flight = 0;                   ///< Attempts under way, retries included.
    unsigned retries_in_flight = 0;
    RateLevels limits;                   ///< What our own limits still allow.
    std::optional<unsigned> concurrent;  ///< The most attempts that may be under way, if that is limited.
};

struct HealthEntry;

/// Leave for one attempt at one model, counted as under way until it is settled or destroyed, whichever comes first. Destroyed
/// unsettled it says nothing of the model's health, which is right when the client left. Move-only; for one thread at a time,
/// which need not be the one that got it. Must not outlive the board that it is from.
///
/// The tokens that the attempt was let in with stay charged to the model's limit unless `used` corrects them: what is not known
/// is not given back.
class [[nodiscard]] Permit {
public:
    /// No leave.
    Permit() noexcept = default;
    Permit(Permit&& other) noexcept;
    Permit& operator=(Permit&& other) noexcept;
    ~Permit();

    /// Whether it is leave for an attempt that is not settled.
    explicit operator bool() const noexcept { return entry_ != nullptr; }
    /// Which limit of ours is why there is no leave, if it is one.
    [[nodiscard]] std::optional<RateLimitKind> limited_by() const noexcept { return limited_by_; }

    /// The answer has begun: a probe has found out what it was sent for, and others may follow. REQUIRES: *this.
    void answering(SteadyTime now);
    /// The attempt ended. \param cool_down how long the provider wants to be left alone. REQUIRES: *this, which is false then.
    void settle(Evidence evidence, SteadyTime now, std::optional<Milliseconds> cool_down = std::nullopt);
    /// The attempt's tokens came to so many; to at least so many, when that is not `known`: then nothing is given back.
    /// REQUIRES: *this.
    void used(std::int64_t tokens, bool known, SteadyTime now);
    /// The attempt is not sent after all: nothing of the model's limits is used up. REQUIRES: *this, which is false then.
    void withdraw(SteadyTime now);

private:
    friend class HealthBoard;
    Permit(HealthEntry& entry, Breaker::Ticket ticket, AttemptKind kind, std::int64_t tokens) noexcept
        : entry_(&entry), ticket_(ticket), kind_(kind), tokens_(tokens) {}
    explicit Permit(RateLimitKind limited_by) noexcept : limited_by_(limited_by) {}

    HealthEntry* entry_ = nullptr;
    Breaker::Ticket ticket_;
    AttemptKind kind_ = AttemptKind::First;
    std::int64_t tokens_ = 0;
    std::optional<RateLimitKind> limited_by_;
};

/// The health of every model of one configuration, shared by all workers: a breaker, the attempts under way, and what our own
/// limits on it still allow, for each.
/// Thread-safe. Each model has a lock of its own, held for a few instructions, so that one model's trouble slows nobody else.
/// A reload makes a new board, which shares the entries of the deployments that both configurations have with the old one:
/// requests that are under way on either are counted on both.
class HealthBoard {
public:
    /// \param previous the board to take over from, which need not live on. The same deployment is one that is asked under
    ///                 the same names at the same address; its limits become the new ones.
    HealthBoard(const config::Snapshot& snapshot, SteadyTime now, const HealthBoard* previous = nullptr);
    ~HealthBoard();
    HealthBoard(const HealthBoard&) = delete;
    HealthBoard& operator=(const HealthBoard&) = delete;

    /// Leave to ask the model now; none when its breaker is open, it cools down, or the attempt is a retry and the budget is used
    /// up: retries under way may not exceed the larger of `budget_min` and `budget_share` of all attempts under way at the model,
    /// this one included (Envoy's rule). A first attempt is never limited by it. Nor is there leave beyond the model's own
    /// `limits`, which say nothing about its health: one attempt and its tokens are taken of them, all or nothing.
    /// \param tokens what the attempt may use.
    Permit admit(config::ModelId model, AttemptKind kind, SteadyTime now, const TokenDemand& tokens = {});
    /// When breaker, cool-down and limits let the model be asked; `now` when they do, `SteadyTime::max()` when its limit can
    /// never take so many tokens.
    [[nodiscard]] SteadyTime available_at(config::ModelId model, SteadyTime now, const TokenDemand& tokens = {}) const;
    [[nodiscard]] ModelHealth health(config::ModelId model, SteadyTime now) const;
    /// How many models there are; their ids are below.
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    std::vector<std::shared_ptr<HealthEntry>> entries_;  ///< By model.
};

}  // namespace tierway::upstream
