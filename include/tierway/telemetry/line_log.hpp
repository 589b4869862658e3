#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace spdlog {
class logger;
}

namespace tierway::telemetry {

/// Appends lines to the standard output or to a file, which gets them within a second. Thread-safe.
class LineLog {
public:
    /// \param destination "stdout", "off", or a file to append to. Throws when the file cannot be opened (start-up only).
    explicit LineLog(const std::string& destination);
    ~LineLog();
    LineLog(const LineLog&) = delete;
    LineLog& operator=(const LineLog&) = delete;

    /// Whether lines go anywhere.
    [[nodiscard]] bool is_on() const noexcept { return sink_ != nullptr; }
    /// \param line without its end.
    void add(std::string_view line);
    /// Hands what is buffered to the operating system.
    void flush();

private:
    std::unique_ptr<char[]> file_buffer_;  ///< Outlives the sink, whose file writes through it.
    std::shared_ptr<spdlog::logger> sink_;
    std::condition_variable_any ended_;
    std::mutex flushing_;
    std::jthread flusher_;  ///< Last: it ends before what it uses.
};

}  // namespace tierway::telemetry
