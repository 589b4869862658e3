#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace spdlog {
class logger;
}

namespace tierway::telemetry {

/// Where decision records go: a line sink, and a ring of the newest for `/api/decisions`. One ring for each worker, so that its
/// lock is only ever contended by a reader of the admin plane. A file gets its lines within a second. Thread-safe.
class DecisionLog {
public:
    /// \param destination "stdout", "off", or a file to append to. \param kept how many records can be asked for.
    /// Throws when the file cannot be opened (start-up only).
    DecisionLog(const std::string& destination, std::size_t kept, std::size_t workers);
    ~DecisionLog();

    /// \param worker whose ring it goes to, below the number given at construction.
    void add(std::size_t worker, std::string_view line);
    /// The newest records of all workers, newest first, at most `count`.
    [[nodiscard]] std::vector<std::string> newest(std::size_t count) const;
    /// Hands what is buffered to the operating system.
    void flush();

private:
    struct Entry {
        std::uint64_t sequence = 0;
        std::string line;
    };
    struct Ring {
        mutable std::mutex mutex;
        std::vector<Entry> entries;
        std::size_t next = 0;
    };

    std::size_t kept_;
    std::vector<std::unique_ptr<Ring>> rings_;
    std::atomic<std::uint64_t> sequence_{0};
    std::unique_ptr<char[]> file_buffer_;  ///< Outlives the sink, whose file writes through it.
    std::shared_ptr<spdlog::logger> sink_;
    std::condition_variable_any ended_;
    std::mutex flushing_;
    std::jthread flusher_;  ///< Last: it ends before what it uses.
};

}  // namespace tierway::telemetry
