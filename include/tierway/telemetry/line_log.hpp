#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "tierway/base/text_buffer.hpp"

namespace tierway::telemetry {

/// Appends lines to the standard output or to a file, which gets them within a second, many with one system call. What cannot be
/// written is lost, and the process's log says so once for each time it begins. Thread-safe.
class LineLog {
public:
    /// Who may read a file that is made; the mode of one that is there stays.
    enum class Readers : unsigned { Everybody = 0644, Owner = 0600 };

    /// \param destination "stdout", "off", or a file to append to, whose folder is made. Throws when the file cannot be opened (start-up only).
    explicit LineLog(const std::string& destination, Readers readers = Readers::Everybody);
    ~LineLog();
    LineLog(const LineLog&) = delete;
    LineLog& operator=(const LineLog&) = delete;

    /// Whether lines go anywhere.
    [[nodiscard]] bool is_on() const noexcept { return handle_.load(std::memory_order_relaxed) >= 0; }
    /// \param line without its end.
    void add(std::string_view line);
    /// Hands what is buffered to the operating system.
    void flush();
    /// Goes on in the file that now has the destination's name, which is made when there is none: the old one was moved away, as
    /// log rotation does, and gets what was added before. When that fails the old one is kept, and the process's log says why.
    void reopen();

private:
    void write_out();

    std::string destination_;
    Readers readers_;
    std::mutex adding_;  ///< Guards the three below.
    std::atomic<int> handle_ = -1;
    TextBuffer waiting_;  ///< Lines that the operating system does not have yet.
    bool failing_ = false;
    std::condition_variable_any ended_;
    std::mutex flushing_;
    std::jthread flusher_;  ///< Last: it ends before what it uses.
};

}  // namespace tierway::telemetry
