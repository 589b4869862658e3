#include "tierway/telemetry/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "tierway/base/json_text.hpp"

namespace tierway::telemetry {
namespace {

/// A line longer than this is cut: a log is no place for payloads.
constexpr std::size_t kMessageBytesMax = 2'048;

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> instance = [] {
        auto made = std::make_shared<spdlog::logger>("tierway", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_formatter(std::make_unique<spdlog::pattern_formatter>(
            R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%v})", spdlog::pattern_time_type::utc));
        return made;
    }();
    return *instance;
}

void log(spdlog::level::level_enum level, std::string_view message, const LogSubject& about = {}) {
    if (!logger().should_log(level)) {
        return;
    }
    std::string members;
    append_json_string(members, message.substr(0, kMessageBytesMax));
    const auto append = [&members](std::string_view member, std::string_view value) {
        if (!value.empty()) {
            append_json_string(members.append(member), value);
        }
    };
    append(R"(,"request_id":)", about.request_id);
    append(R"(,"trace_id":)", about.trace_id);
    logger().log(level, "{}", members);
}

}  // namespace

void set_log_level(Level level) {
    constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                                     spdlog::level::err};
    logger().set_level(kLevels[static_cast<unsigned>(level)]);
}

void log_debug(std::string_view message) {
    log(spdlog::level::debug, message);
}
void log_info(std::string_view message) {
    log(spdlog::level::info, message);
}
void log_warning(std::string_view message) {
    log(spdlog::level::warn, message);
}
void log_error(std::string_view message) {
    log(spdlog::level::err, message);
}

void log_exception(std::string_view what, const std::exception_ptr& fault, const LogSubject& about) {
    std::string text(what);
    try {
        std::rethrow_exception(fault);
    } catch (const std::exception& error) {
        text += ": ";
        text += error.what();
    } catch (...) {
        text += ": not a standard exception";
    }
    log(spdlog::level::err, text, about);
}

}  // namespace tierway::telemetry
