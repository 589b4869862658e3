#include "tierway/telemetry/line_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "tierway/telemetry/log.hpp"

namespace tierway::telemetry {
namespace {

/// A page would mean a system call for every few lines.
constexpr std::size_t kWaitingBytesMax = std::size_t{64} * 1024;
/// How old a line may get before the operating system has it.
constexpr std::chrono::seconds kFlushPeriod{1};

std::string reason(int error) {
    return std::system_category().message(error);
}

/// Negative with `errno` when it cannot be opened.
int open_to_append(const std::string& path, LineLog::Readers readers) {
    std::error_code ignored;
    if (const auto folder = std::filesystem::path(path).parent_path(); !folder.empty()) {
        std::filesystem::create_directories(folder, ignored);
    }
    const int handle = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, static_cast<mode_t>(readers));
    return handle;
}

std::string cannot_open(const std::string& path, int error) {
    return "Cannot open " + path + " to append to it: " + reason(error) + ".";
}

}  // namespace

LineLog::LineLog(const std::string& destination, Readers readers) : destination_(destination), readers_(readers) {
    if (destination == "off") {
        return;
    }
    handle_ = destination == "stdout" ? STDOUT_FILENO : open_to_append(destination, readers);
    if (!is_on()) {
        throw std::runtime_error(cannot_open(destination, errno));
    }
    flusher_ = std::jthread([this](const std::stop_token& stop) {
        std::unique_lock lock(flushing_);
        while (!stop.stop_requested()) {
            ended_.wait_for(lock, stop, kFlushPeriod, [] { return false; });
            flush();
        }
    });
}

LineLog::~LineLog() {
    flusher_ = {};
    flush();
    if (handle_ > STDOUT_FILENO) {
        ::close(handle_);
    }
}

void LineLog::add(std::string_view line) {
    if (!is_on()) {
        return;
    }
    const std::lock_guard lock(adding_);
    waiting_.append(line, "\n");
    if (waiting_.size() >= kWaitingBytesMax) {
        write_out();
    }
}

void LineLog::flush() {
    const std::lock_guard lock(adding_);
    write_out();
}

void LineLog::reopen() {
    if (handle_ <= STDOUT_FILENO) {
        return;
    }
    const int fresh = open_to_append(destination_, readers_);
    if (fresh < 0) {
        log_error(cannot_open(destination_, errno) + " Lines go on to where they went before.");
        return;
    }
    const std::lock_guard lock(adding_);
    write_out();
    ::close(handle_.exchange(fresh));
}

void LineLog::write_out() {
    std::string_view rest = waiting_.view();
    int error = 0;
    while (!rest.empty() && error == 0) {
        const ssize_t written = ::write(handle_, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    const bool lost = !rest.empty();
    const bool tried = !waiting_.empty();
    waiting_.clear();
    if (lost && !failing_) {
        log_error("Lines for " + destination_ + " are lost: " + reason(error) + ".");
    }
    failing_ = tried ? lost : failing_;
}

}  // namespace tierway::telemetry
