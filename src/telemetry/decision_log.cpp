#include "tierway/telemetry/decision_log.hpp"

#include <algorithm>
#include <utility>

namespace tierway::telemetry {
namespace {

/// How many records are copied under a ring's lock at once: some tens of microseconds at most, for which its worker may wait.
constexpr std::size_t kCopiedAtOnce = 32;

}  // namespace

/// Goes through one ring from its newest record to its oldest.
class DecisionLog::Reader {
public:
    Reader(const Ring& ring, const DecisionRange& range) : ring_(ring), range_(range) {}

    /// Null when there is none left.
    KeptDecision* newest() {
        if (at_ == copied_.size() && !ended_) {
            copy_some();
        }
        return at_ < copied_.size() ? &copied_[at_] : nullptr;
    }
    void pass() noexcept { ++at_; }

private:
    // Between two looks the ring may have gone on, so each finds its place by the sequence, which rises within a ring.
    void copy_some() {
        copied_.clear();
        at_ = 0;
        const std::lock_guard lock(ring_.mutex);
        const std::size_t size = ring_.entries.size();
        const auto entry = [&](std::size_t age_rank) -> const KeptDecision& {
            return ring_.entries[(ring_.next + age_rank) % size];
        };
        std::size_t older = 0;
        for (std::size_t count = size; count > 0;) {
            const std::size_t step = count / 2;
            const bool is_older = entry(older + step).sequence < range_.before;
            older += is_older ? step + 1 : 0;
            count = is_older ? count - step - 1 : step;
        }
        while (older > 0 && copied_.size() < kCopiedAtOnce && entry(older - 1).sequence > range_.after) {
            copied_.push_back(entry(--older));
        }
        ended_ = copied_.size() < kCopiedAtOnce;
        if (!copied_.empty()) {
            range_.before = copied_.back().sequence;
        }
    }

    const Ring& ring_;
    DecisionRange range_;
    std::vector<KeptDecision> copied_;
    std::size_t at_ = 0;
    bool ended_ = false;
};

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
        KeptDecision& oldest = ring.entries[ring.next];
        oldest.sequence = sequence;
        oldest.line.assign(line);
        ring.next = (ring.next + 1) % kept_;
    }
}

void DecisionLog::visit(const DecisionRange& range, const std::function<bool(KeptDecision&&)>& take) const {
    // Each ring alone reaches as far back as all together may: beyond, some workers' records would be missing.
    const std::uint64_t next = sequence_.load(std::memory_order_relaxed);
    DecisionRange kept = range;
    kept.after = std::max<std::uint64_t>(range.after, next > kept_ ? next - kept_ - 1 : 0);
    std::vector<Reader> readers;
    for (const auto& ring : rings_) {
        readers.emplace_back(*ring, kept);
    }
    while (true) {
        Reader* from = nullptr;
        for (Reader& reader : readers) {
            if (reader.newest() != nullptr && (from == nullptr || reader.newest()->sequence > from->newest()->sequence)) {
                from = &reader;
            }
        }
        if (from == nullptr || !take(std::move(*from->newest()))) {
            return;
        }
        from->pass();
    }
}

}  // namespace tierway::telemetry
