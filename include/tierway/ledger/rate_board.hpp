#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "tierway/base/rate_limits.hpp"
#include "tierway/base/time.hpp"
#include "tierway/config/snapshot.hpp"

namespace tierway::ledger {

struct RateEntry;

/// What one request took of its key's rate limits. Its place among the key's requests under way is given back when the hold ends,
/// however it ends; its tokens stay charged as estimated unless `settle` says what they came to, because what is not known is not
/// given back. Move-only; for one thread at a time. May outlive the board.
class [[nodiscard]] RateHold {
public:
    /// Nothing was taken.
    RateHold() noexcept = default;
    RateHold(std::shared_ptr<RateEntry> entry, std::int64_t tokens) noexcept : entry_(std::move(entry)), tokens_(tokens) {}
    RateHold(RateHold&& other) noexcept = default;
    RateHold& operator=(RateHold&& other) noexcept;
    ~RateHold();

    /// Whether something is held.
    explicit operator bool() const noexcept { return entry_ != nullptr; }
    /// The request's tokens came to so many, over all its attempts; to at least so many, when that is not `known`: then nothing
    /// is given back. Nothing if !*this.
    void settle(std::int64_t tokens, bool known, SteadyTime now);

    /// The request does not go on after all: everything is given back. Nothing if !*this, which is false then.
    void withdraw(SteadyTime now);
    /// What is charged for its tokens.
    [[nodiscard]] std::int64_t tokens() const noexcept { return tokens_; }

private:
    void end() noexcept;

    std::shared_ptr<RateEntry> entry_;
    std::int64_t tokens_ = 0;
};

/// The outcome of asking whether a request may go on.
struct RateAnswer {
    RateVerdict verdict;
    RateLevels levels;  ///< After it was granted, or as they are.
    RateHold hold;      ///< Empty when it was refused, or nothing is limited.
};

/// How much each key with rate limits has asked for of late, shared by all workers. Thread-safe: each key has a lock of its own,
/// held for a few instructions, and checking and taking are one step under it, so that no number of concurrent requests passes a
/// limit; nothing is allocated. Keys without limits have no entry and take no lock.
///
/// A reload makes a new board, which shares the entries of the keys that both configurations limit under the same id: nothing is
/// freed by it, and the new limits hold from then on, for what was taken under the old ones too.
class RateBoard {
public:
    /// \param previous the board to take over from, which need not live on.
    RateBoard(const config::Snapshot& snapshot, SteadyTime now, const RateBoard* previous = nullptr);
    ~RateBoard();
    RateBoard(const RateBoard&) = delete;
    RateBoard& operator=(const RateBoard&) = delete;

    /// Takes a request of so many tokens, if every limit of the principal has room for it; else nothing.
    RateAnswer take(const config::Principal& principal, const TokenDemand& tokens, SteadyTime now);
    /// What the principal's limits allow now.
    [[nodiscard]] RateLevels levels(const config::Principal& principal, SteadyTime now) const;
    /// How many requests of the principal are under way; zero for one without limits.
    [[nodiscard]] unsigned under_way(const config::Principal& principal) const;

private:
    [[nodiscard]] const std::shared_ptr<RateEntry>& entry_of(const config::Principal& principal) const;

    std::vector<std::shared_ptr<RateEntry>> entries_;  ///< By key; null for one without limits.
};

}  // namespace tierway::ledger
