#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tierway/base/secret.hpp"
#include "tierway/config/base_url.hpp"

namespace tierway::config {

/// Which providers learn what trace a request belongs to (`traceparent` and `tracestate` of W3C Trace Context).
enum class Propagation : std::uint8_t {
    All,
    Inside,  ///< Those inside the operator's boundary.
    Off,
};

/// Spans of requests, and the collector that they are sent to.
struct Tracing {
    /// A field of the requests to the collector.
    struct Header {
        std::string name;
        Secret value;
    };

    std::optional<BaseUrl> otlp;  ///< The collector, before "/v1/traces". Absent: no spans are made.
    std::vector<Header> headers;
    std::string ca_file;  ///< PEM bundle to verify the collector with; empty: the system's.
    double sample = 1.0;  ///< Share of the requests without a trace of their own that are recorded, 0..1; else the trace decides.
    std::string service_name = "tierway";
    std::vector<std::pair<std::string, std::string>> resource;  ///< Further attributes of this process, by name.
    Propagation propagate = Propagation::All;                   ///< Also without a collector.

    [[nodiscard]] bool is_on() const noexcept { return otlp.has_value(); }
};

}  // namespace tierway::config
