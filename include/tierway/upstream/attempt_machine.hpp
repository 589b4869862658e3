#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/config/snapshot.hpp"

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
    Milliseconds wait{0};  ///< Before it starts.
};

/// Decides, attempt by attempt, whom to ask next within one tier. Pure: no clock, no sockets, no randomness but `jitter`.
/// - A refusal of the request itself is final: no other target is asked.
/// - A target that was silent is not asked again, nor one that refused our credentials.
/// - Another target is asked at once; the same one only after its Retry-After or an exponential backoff with jitter.
/// Life cycle: one for each tier that a request is tried on: `next()`, perform, `failed(error)`, `next()` …
class AttemptMachine {
public:
    AttemptMachine(std::vector<config::ModelId> targets, RetryLimits limits = {});

    /// Whom to ask now; empty when the request must end with the last error.
    /// \param jitter uniform in [0, 1).
    std::optional<Attempt> next(double jitter);

    /// Reports that the attempt handed out last failed. \param retry_after what the provider asked for, if it did.
    void failed(const Error& error, std::optional<Milliseconds> retry_after = std::nullopt);

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

    std::vector<Target> targets_;
    RetryLimits limits_;
    std::size_t current_ = 0;
    unsigned attempts_ = 0;
    unsigned fallbacks_ = 0;
    bool final_ = false;
};

/// What a failed attempt means for the next one.
enum class FailureMeaning : std::uint8_t {
    Final,         ///< The request itself is refused: asking anyone again is useless or wrong.
    OtherTarget,   ///< This target will not help; another may.
    MayRetry,      ///< Passing trouble: another target at once, or this one later.
};
FailureMeaning meaning_of(const Error& error) noexcept;

/// Reads `Retry-After` (seconds or an HTTP date, RFC 9110 section 10.2.3) or `retry-after-ms`; empty when there is none or it is no such value.
std::optional<Milliseconds> read_retry_after(std::string_view retry_after, std::string_view retry_after_ms, WallTime now);

}  // namespace tierway::upstream
