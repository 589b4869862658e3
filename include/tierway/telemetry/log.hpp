#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace tierway::telemetry {

enum class Level : unsigned char { Debug, Info, Warning, Error };

/// The process's log: one JSON object a line on standard error ({"time","level","message"}, and
/// "request_id" and "trace_id" where a request is concerned). Thread-safe. Texts are escaped, so
/// nothing a peer sends can forge a line.
void set_log_level(Level level);
void log_debug(std::string_view message);
void log_info(std::string_view message);
void log_warning(std::string_view message);
void log_error(std::string_view message);

/// Which request a line is about; what is empty is not written.
struct LogSubject {
    std::string_view request_id;
    std::string_view trace_id;
};
/// Says what was thrown. An exception on the request path is a bug of ours.
void log_exception(std::string_view what, const std::exception_ptr& fault, const LogSubject& about = {});

}  // namespace tierway::telemetry
