#include "tierway/telemetry/decision_log.hpp"

#include <algorithm>
#include <utility>

namespace tierway::telemetry {

DecisionLog::DecisionLog(const std::string& destination, std::size_t kept, std::size_t workers)
    : kept_(kept), lines_(destination) {
    for (std::size_t i = 0; i < workers; ++i) {
        rings_.push_back(std::make_unique<Ring>());
    }
}

void DecisionLog::add(std::size_t worker, std::string_view line) {
    lines_.add(line);
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

}  // namespace tierway::telemetry
