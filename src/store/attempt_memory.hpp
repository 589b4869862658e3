#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/budget_memory.hpp"
#include "tierway/base/usd.hpp"

namespace tierway::store {

/// How an attempt came to be under way.
enum class Leave : unsigned char {
    Asked,    ///< The server was asked, and has not answered yet.
    Granted,  ///< The server granted it.
    Local,    ///< Granted without the server, out of slices where its budgets are hard; the server has to be told.
};

/// An attempt that is under way.
struct OpenAttempt {
    std::string name;
    Usd estimate;
    std::vector<AttemptBudget> budgets;  ///< Each once.
    Leave leave = Leave::Asked;
    unsigned epoch = 0;  ///< Granted: the number of the epoch in which the server has it on record.
};

/// A settlement that the server has not confirmed.
struct WaitingCharge {
    OpenAttempt attempt;
    Usd cost;
    /// Whether it is charged although the server has no record of its opening. Not for one that was never sent.
    bool certain = true;
};

/// The attempts of one replica that a shared server does not know the end of, so that they can be stated again to a server that
/// lost its data. Pure; not thread-safe.
class AttemptMemory {
public:
    explicit AttemptMemory(std::size_t charges_max) : charges_max_(charges_max) {}

    /// \returns false when it is under way already, and then changes nothing.
    bool enter(OpenAttempt attempt);
    /// Null when it is not under way.
    OpenAttempt* find(const std::string& name);
    std::optional<OpenAttempt> take(const std::string& name);
    /// Those that the server has to be told of: granted without it, or in another epoch.
    [[nodiscard]] std::vector<OpenAttempt> to_tell(unsigned epoch) const;

    /// Adds to the end of the queue. \returns what was dropped from its beginning for want of room.
    std::vector<WaitingCharge> add(WaitingCharge charge);
    /// Takes from its beginning what is sent next; `sent` counts until `confirmed` or `put_back`.
    std::vector<WaitingCharge> next(std::size_t most);
    void confirmed(std::size_t charges) { sent_ -= charges; }
    void put_back(std::vector<WaitingCharge> charges);
    /// The server may have lost its data: what waits was opened with another one.
    void begin_epoch();

    [[nodiscard]] std::size_t open() const noexcept { return open_.size(); }
    [[nodiscard]] std::size_t waiting() const noexcept { return queue_.size() + sent_; }
    [[nodiscard]] std::size_t unsent() const noexcept { return queue_.size(); }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

private:
    const std::size_t charges_max_;
    std::unordered_map<std::string, OpenAttempt> open_;
    std::deque<WaitingCharge> queue_;
    std::size_t sent_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace tierway::store
