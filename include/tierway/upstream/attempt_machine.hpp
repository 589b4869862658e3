#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/upstream/failure_meaning.hpp"
#include "tierway/upstream/retry_after.hpp"

namespace tierway::upstream {

struct RetryLimits {
    unsigned attempts_max = 3;  ///< Over all targets of one tier (RELIABILITY.md section 1).
    Milliseconds backoff_first{200};
    Milliseconds backoff_max{2'000};
    Milliseconds retry_after_max{5'000};  ///< A target that asks for more patience is not waited for.
};

/// The next thing to do.
struct Attempt {
    config::ModelId model{};
    Milliseconds wait{0};  ///< Before it starts; at most the larger of `backoff_max` and `retry_after_max`.
};

/// Decides, attempt by attempt, whom to ask next within one tier. Pure: no clock, no sockets, no randomness but `jitter`.
/// - A refusal of the request itself is final: no other target is asked.
/// - A target that was silent is not asked again, nor one that refused our credentials or whose account is empty.
/// - A target not asked yet is asked at once, in the order given; one that failed before only after its Retry-After and an
///   exponential backoff with jitter (half of it to the whole). Of several such, the one with the shortest wait.
/// Life cycle: one for each tier that a request is tried on: `next()`, perform, `failed(error)`, `next()` …
class AttemptMachine {
public:
    /// A model named twice is one target.
    explicit AttemptMachine(const std::vector<config::ModelId>& targets, RetryLimits limits = {});

    /// Whom to ask now; empty when the request must end with the last error.
    /// \param jitter uniform in [0, 1).
    std::optional<Attempt> next(double jitter);

    /// Reports that the attempt handed out last failed. \param retry_after what the provider asked for, if it did.
    /// REQUIRES: exactly one `next()` with an attempt since the last report.
    void failed(const Error& error, std::optional<Milliseconds> retry_after = std::nullopt);

    /// Attempts handed out.
    [[nodiscard]] unsigned attempts() const noexcept { return attempts_; }
    /// How often a different model than before was asked.
    [[nodiscard]] unsigned fallbacks() const noexcept { return fallbacks_; }

private:
    enum class State : std::uint8_t { Untried, MayRetry, Excluded };
    struct Target {
        config::ModelId model{};
        State state = State::Untried;
        unsigned failures = 0;
        Milliseconds retry_after{0};
    };

    [[nodiscard]] Milliseconds wait_for(const Target& target, double jitter) const noexcept;
    Attempt hand_out(std::size_t position, Milliseconds wait) noexcept;

    std::vector<Target> targets_;
    RetryLimits limits_;
    std::size_t current_ = 0;
    unsigned attempts_ = 0;
    unsigned fallbacks_ = 0;
    bool outstanding_ = false;
    bool final_ = false;
};

}  // namespace tierway::upstream
