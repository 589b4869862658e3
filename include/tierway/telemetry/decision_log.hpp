#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/telemetry/line_log.hpp"

namespace tierway::telemetry {

/// Where decision records go: a line sink, and a ring of the newest for `/api/decisions`. One ring for each worker, so that its
/// lock is only ever contended by a reader of the admin plane. Thread-safe.
class DecisionLog {
public:
    /// \param destination as `LineLog` has it. \param kept how many records can be asked for.
    DecisionLog(const std::string& destination, std::size_t kept, std::size_t workers);

    /// \param worker whose ring it goes to, below the number given at construction.
    void add(std::size_t worker, std::string_view line);
    /// The newest records of all workers, newest first, at most `count`.
    [[nodiscard]] std::vector<std::string> newest(std::size_t count) const;
    /// Hands what is buffered to the operating system.
    void flush() { lines_.flush(); }
    /// See `LineLog`.
    void reopen() { lines_.reopen(); }

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
    LineLog lines_;
};

}  // namespace tierway::telemetry
