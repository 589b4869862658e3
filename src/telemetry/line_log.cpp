#include "tierway/telemetry/line_log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>
#include <cstdio>
#include <utility>

namespace tierway::telemetry {
namespace {

constexpr std::size_t kFileBufferBytes = std::size_t{64} * 1024;
/// How old a line may get before the operating system has it.
constexpr std::chrono::seconds kFlushPeriod{1};

}  // namespace

LineLog::LineLog(const std::string& destination) {
    if (destination == "off") {
        return;
    }
    spdlog::sink_ptr sink;
    if (destination == "stdout") {
        sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
    } else {
        spdlog::file_event_handlers handlers;
        // A page of buffer would mean a system call for every few lines.
        file_buffer_ = std::make_unique<char[]>(kFileBufferBytes);
        handlers.after_open = [this](const spdlog::filename_t&, std::FILE* file) {
            std::setvbuf(file, file_buffer_.get(), _IOFBF, kFileBufferBytes);
        };
        sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(destination, false, handlers);
    }
    sink_ = std::make_shared<spdlog::logger>("lines", std::move(sink));
    sink_->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
    flusher_ = std::jthread([this](const std::stop_token& stop) {
        std::unique_lock lock(flushing_);
        while (!stop.stop_requested()) {
            ended_.wait_for(lock, stop, kFlushPeriod, [] { return false; });
            flush();
        }
    });
}

LineLog::~LineLog() {
    flush();
}

void LineLog::add(std::string_view line) {
    if (sink_) {
        sink_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
    }
}

void LineLog::flush() {
    if (sink_) {
        sink_->flush();
    }
}

}  // namespace tierway::telemetry
