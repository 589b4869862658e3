#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/config/tracing.hpp"
#include "tierway/net/origin.hpp"
#include "tierway/net/task.hpp"
#include "tierway/net/upstream_connection.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/telemetry/otlp_request.hpp"

namespace tierway::tracing {

/// What a collector said to one export.
struct CollectorAnswer {
    unsigned status = 0;  ///< 0: there was no answer.
    std::optional<Milliseconds> retry_after;
    std::string body;     ///< Cut.
    std::string problem;  ///< Why there was none.
};

/// A collector, and how it is spoken to. Immutable; the calls belong to a worker.
class Collector {
public:
    /// Errors: Internal, when the trust anchors cannot be loaded. REQUIRES: `settings.is_on()`.
    static Result<Collector> make(const config::Tracing& settings, std::string_view version, std::string_view instance);

    /// One export. \param spans of OTLP's JSON with commas between them; it stays in place until the answer is there.
    net::Task<CollectorAnswer> ask(net::Worker& worker, const std::string& spans) const;
    /// "host:port", for the log.
    [[nodiscard]] const std::string& address() const noexcept { return address_; }

private:
    Collector() = default;

    net::Origin origin_;
    std::string address_;
    std::string head_;  ///< Up to and including "Content-Length: "; with the fields of the configuration: never log it.
    telemetry::OtlpFrame frame_;
};

}  // namespace tierway::tracing
