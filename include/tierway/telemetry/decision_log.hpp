#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/telemetry/line_log.hpp"

namespace tierway::telemetry {

/// A decision record that can be asked for.
struct KeptDecision {
    std::uint64_t sequence = 0;  ///< Counts up from 1 over all workers since the process started.
    std::string line;
};

/// Sequence numbers between two of them, both excluded.
struct DecisionRange {
    std::uint64_t after = 0;
    std::uint64_t before = std::numeric_limits<std::uint64_t>::max();
};

/// Where decision records go: a line sink, and a ring of the newest for `/api/decisions`. One ring for each worker, so that its
/// lock is only ever contended by a reader of the admin plane, who holds it for a few records at a time. Thread-safe.
class DecisionLog {
public:
    /// \param destination as `LineLog` has it. \param kept how many records can be asked for.
    DecisionLog(const std::string& destination, std::size_t kept, std::size_t workers);

    /// \param worker whose ring it goes to, below the number given at construction.
    void add(std::size_t worker, std::string_view line);
    /// Hands each kept record of a range to `take`, newest first, until that says false. Those that are added or dropped meanwhile
    /// may be among them or not.
    void visit(const DecisionRange& range, const std::function<bool(KeptDecision&&)>& take) const;
    /// Hands what is buffered to the operating system.
    void flush() { lines_.flush(); }
    /// See `LineLog`.
    void reopen() { lines_.reopen(); }

private:
    struct Ring {
        mutable std::mutex mutex;
        std::vector<KeptDecision> entries;  ///< Once full, the oldest is at `next`.
        std::size_t next = 0;
    };
    class Reader;

    std::size_t kept_;
    std::vector<std::unique_ptr<Ring>> rings_;
    std::atomic<std::uint64_t> sequence_{1};
    LineLog lines_;
};

}  // namespace tierway::telemetry
