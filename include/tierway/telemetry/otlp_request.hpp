#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tierway::telemetry {

/// What stands before and behind the spans of one export, an `ExportTraceServiceRequest` of OTLP's JSON.
struct OtlpFrame {
    std::string before;
    std::string_view behind;
};

/// \param service_name and \param resource what the spans' process says of itself. \param version of this program.
/// \param instance tells it from others of the same service.
OtlpFrame otlp_frame(std::string_view service_name, std::string_view version, std::string_view instance,
                     std::span<const std::pair<std::string, std::string>> resource);

}  // namespace tierway::telemetry
