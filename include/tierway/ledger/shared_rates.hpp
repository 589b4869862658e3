#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "tierway/base/rate_limits.hpp"
#include "tierway/base/time.hpp"

namespace tierway::ledger {

/// What one request takes of limits that several replicas share.
struct SharedRateClaim {
    std::string request;  ///< Unique for ever; names its place among those under way.
    std::string scope;    ///< Whose limits they are, on every replica: the key's id.
    RateLimits limits;
    std::int64_t tokens = 0;  ///< Those that it may use. REQUIRES: no more than the limit's burst.
};

struct SharedRateAnswer {
    enum class Kind : std::uint8_t {
        Granted,
        Refused,      ///< Nothing was taken of any limit.
        Unavailable,  ///< Nobody can say.
    };
    Kind kind = Kind::Unavailable;
    std::optional<RateLimitKind> refused_by;  ///< When Refused: the limit that has room last …
    Nanoseconds wait{0};                      ///< … and in how long.
    RateLevels levels;                        ///< Unless Unavailable: what the limits still allow.
};

/// The rate limits of keys, counted over all replicas by the clock of whoever counts them. One for each worker, for its thread
/// only. Nothing here throws or blocks.
class SharedRates {
public:
    virtual ~SharedRates() = default;

    /// Asks for one request, its tokens and a place, all or nothing. \param answered called exactly once, perhaps before `ask`
    /// returns.
    virtual void ask(const SharedRateClaim& claim, std::function<void(const SharedRateAnswer&)> answered) = 0;
    /// A request that was asked for, and not refused, has ended: its place is free, and its tokens came to so many more, or less,
    /// than it claimed. Also for one whose answer nobody waited for; then nothing may be given back.
    virtual void end(const SharedRateClaim& claim, std::int64_t difference) = 0;
};

}  // namespace tierway::ledger
