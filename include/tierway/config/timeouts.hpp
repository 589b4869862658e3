#pragma once

#include <optional>

#include "tierway/base/time.hpp"

namespace tierway::config {

/// Limits of the phases of one upstream attempt. Each covers only its own phase.
struct Timeouts {
    Milliseconds connect{5'000};         ///< Name look-up, TCP and TLS together.
    Milliseconds headers{30'000};        ///< From the request's last byte to the end of the response head. (A whole answer that
                                         ///< is not streamed arrives with its head: `total` is its limit instead.)
    Milliseconds first_content{30'000};  ///< From the response head to the first content event; comments do not count. Models
                                         ///< that reason before they speak want 120 s.
    Milliseconds idle{30'000};           ///< Between two events of a stream; comments count.
    Milliseconds total_stream{600'000};
    Milliseconds total_whole{120'000};

    bool operator==(const Timeouts&) const = default;
};

/// Those limits that a provider, a model or a class states itself, each on its own.
struct TimeoutOverrides {
    std::optional<Milliseconds> connect;
    std::optional<Milliseconds> headers;
    std::optional<Milliseconds> first_content;
    std::optional<Milliseconds> idle;
    std::optional<Milliseconds> total_stream;
    std::optional<Milliseconds> total_whole;

    bool operator==(const TimeoutOverrides&) const = default;
};

/// The limits with each stated one in place of the base's, the rest unchanged.
Timeouts overridden(Timeouts base, const TimeoutOverrides& overrides) noexcept;

}  // namespace tierway::config
