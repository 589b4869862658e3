#include "tierway/telemetry/decision_log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

namespace tierway::telemetry {
namespace {

constexpr std::size_t kFileBufferBytes = std::size_t{64} * 1024;
/// How old a record may get before the operating system has it.
constexpr std::chrono::seconds kFlushPeriod{1};

}  // namespace

DecisionLog::DecisionLog(const std::string& destination, std::size_t kept, std::size_t workers) : kept_(kept) {
    for (std::size_t i = 0; i < workers; ++i) {
        rings_.push_back(std::make_unique<Ring>());
    }
    if (destination == "off") {
        return;
    }
    spdlog::sink_ptr sink;
    if (destination == "stdout") {
        sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
    } else {
        spdlog::file_event_handlers handlers;
        // A page of buffer would mean a system call for every few records.
        file_buffer_ = std::make_unique<char[]>(kFileBufferBytes);
        handlers.after_open = [this](const spdlog::filename_t&, std::FILE* file) {
            std::setvbuf(file, file_buffer_.get(), _IOFBF, kFileBufferBytes);
        };
        sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(destination, false, handlers);
    }
    sink_ = std::make_shared<spdlog::logger>("decisions", std::move(sink));
    sink_->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
    flusher_ = std::jthread([this](const std::stop_token& stop) {
        std::unique_lock lock(flushing_);
        while (!stop.stop_requested()) {
            ended_.wait_for(lock, stop, kFlushPeriod, [] { return false; });
            flush();
        }
    });
}

DecisionLog::~DecisionLog() {
    flush();
}

void DecisionLog::add(std::size_t worker, std::string_view line) {
    if (sink_) {
        sink_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
    }
    const std::uint64_t sequence = sequence_.fetch_add(1, std::memory_order_relaxed);
    Ring& ring = *rings_[worker];
    const std::lock_guard lock(ring.mutex);
    if (ring.entries.size() < kept_) {
        ring.entries.push_back({sequence, std::string(line)});
    } else if (kept_ > 0) {
        Entry& oldest = ring.entries[ring.next];
        oldest.sequence = sequence;
        oldest.line.assign(line);
        ring.next = (ring.next + 1) % kept_;
    }
}

std::vector<std::string> DecisionLog::newest(std::size_t count) const {
    std::vector<Entry> all;
    for (const auto& ring : rings_) {
        const std::lock_guard lock(ring->mutex);
        all.insert(all.end(), ring->entries.begin(), ring->entries.end());
    }
    std::sort(all.begin(), all.end(), [](const Entry& a, const Entry& b) { return a.sequence > b.sequence; });
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < std::min({count, kept_, all.size()}); ++i) {
        lines.push_back(std::move(all[i].line));
    }
    return lines;
}

void DecisionLog::flush() {
    if (sink_) {
        sink_->flush();
    }
}

}  // namespace tierway::telemetry
