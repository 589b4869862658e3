#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tierway/upstream/retry_machine.hpp"
#include "upstream/models.hpp"

namespace tierway::upstream::test {

inline constexpr SteadyTime kStart{std::chrono::seconds{1'000}};

inline Error refused() {
    return Error::upstream(ErrorKind::UpstreamRejected, "invalid_value", "No.").with_status(400);
}
inline Error filtered() {
    return Error::upstream(ErrorKind::UpstreamRejected, "content_filter", "Not that.").with_status(400);
}
inline Error too_long() {
    return Error::upstream(ErrorKind::UpstreamRejected, "context_length_exceeded", "Too long.").with_status(400);
}
inline Error silent() {
    return Error::upstream(ErrorKind::UpstreamTimeout, "upstream_timeout", "Silence.");
}
inline Error stalled() {
    return Error::upstream(ErrorKind::UpstreamStalled, "upstream_stalled", "Silence within.");
}
inline Error down() {
    return Error::upstream(ErrorKind::UpstreamUnavailable, "upstream_unavailable", "Down.").with_status(503);
}
inline Error limited() {
    return Error::upstream(ErrorKind::UpstreamUnavailable, "rate_limit_exceeded", "Slowly.").with_status(429);
}
inline Error cut() {
    return Error::upstream(ErrorKind::UpstreamTruncated, "upstream_truncated", "Cut.");
}
inline Error garbled() {
    return Error::upstream(ErrorKind::UpstreamMalformed, "upstream_malformed", "Nonsense.");
}
inline Error credentials() {
    return Error::upstream(ErrorKind::UpstreamUnavailable, "upstream_refused_credentials", "401.").with_status(401);
}
inline Error out_of_quota() {
    return Error::upstream(ErrorKind::UpstreamUnavailable, "insufficient_quota", "Empty.").with_status(429);
}
inline Error not_found() {
    return Error::upstream(ErrorKind::UpstreamRejected, "model_not_found", "Which?").with_status(404);
}

/// A machine on a board and a clock of its own, and a short way to say what happens to it.
class Driven {
public:
    explicit Driven(config::Snapshot snapshot)
        : snapshot_(std::move(snapshot)), board_(snapshot_, kStart), machine_(snapshot_, board_) {}

    Driven& tier(const std::vector<config::ModelId>& targets) {
        machine_.begin_tier(targets);
        return *this;
    }
    Step next() { return machine_.next(now); }
    /// Who is asked next, waiting as long as it takes; empty at the end.
    std::optional<config::ModelId> ask() {
        for (Step step = next();; step = next()) {
            if (step.kind != Step::Kind::Wait) {
                return step.kind == Step::Kind::Ask ? std::optional(step.model) : std::nullopt;
            }
            EXPECT_GT(step.wait, Milliseconds{0});
            waited += step.wait;
            now += step.wait;
        }
    }
    void fail(const Error& error, std::optional<Milliseconds> retry_after = std::nullopt, double jitter = 0.0) {
        machine_.failed(error, retry_after, now, jitter);
    }
    [[nodiscard]] Ending ending() const { return machine_.ending(now); }
    /// Opens a model's breaker, for five seconds.
    void break_model(config::ModelId model) {
        while (Permit permit = board_.admit(model, AttemptKind::First, now)) {
            permit.settle(Evidence::Failing, now);
        }
    }
    void cool_down(config::ModelId model, Milliseconds time) {
        board_.admit(model, AttemptKind::First, now).settle(Evidence::None, now, time);
    }

    RetryMachine& machine() { return machine_; }
    HealthBoard& board() { return board_; }
    [[nodiscard]] ModelHealth health(config::ModelId model) const { return board_.health(model, now); }

    SteadyTime now = kStart;
    Milliseconds waited{0};

private:
    config::Snapshot snapshot_;
    HealthBoard board_;
    RetryMachine machine_;
};

}  // namespace tierway::upstream::test
