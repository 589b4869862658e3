#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/attempt_memory.hpp"
#include "store/budget_memory.hpp"
#include "tierway/base/time.hpp"
#include "tierway/ledger/store.hpp"
#include "tierway/store/redis_reply.hpp"

namespace tierway::store {

/// What the scripts of src/store/lua are given, and what their answers mean. Pure.
class RedisRequests {
public:
    using Words = std::vector<std::string>;

    /// \param prefix of every key. \param instance one run of this replica. \param record whose spending it is; outlives the run.
    RedisRequests(std::string prefix, std::string instance, std::string record);

    /// The keys of every script but `enter`, whose key is the first of them.
    [[nodiscard]] const Words& keys() const noexcept { return keys_; }

    [[nodiscard]] const std::string& record() const noexcept { return record_; }

    [[nodiscard]] Words reserve(const std::string& epoch, const ledger::AttemptOpening& opening, Milliseconds trusted_from,
                                bool uses_slices) const;
    [[nodiscard]] Words forget(const std::string& epoch) const { return begin(epoch); }
    [[nodiscard]] Words adopt(const std::string& epoch, std::span<const OpenAttempt> attempts) const;
    [[nodiscard]] Words settle(const std::string& epoch, std::span<const WaitingCharge> charges) const;
    /// A lease of zero gives it back.
    [[nodiscard]] Words beat(const std::string& epoch, Milliseconds lease, std::size_t settle_most) const;
    [[nodiscard]] Words slice(const std::string& epoch, std::uint64_t turn, bool held_already,
                              std::span<const BudgetMemory::SliceWish> wishes) const;
    struct Recollection {
        AttemptBudget budget;
        std::map<std::string, Usd> shares;
    };
    [[nodiscard]] Words recall(const std::string& epoch, std::span<const Recollection> recollections) const;

private:
    [[nodiscard]] Words begin(const std::string& epoch) const;

    std::string prefix_;
    std::string instance_;
    std::string record_;
    Words keys_;
};

/// The first word of a script's answer: "ok", "granted", "epoch" …; empty when it is no answer of a script of ours.
std::string_view verdict_of(const RedisAnswer& answer);
/// A whole number in an answer's list; zero when there is none.
std::int64_t number_at(const RedisReply& list, std::size_t position);
/// The budgets that an answer tells the states of, in its order.
std::vector<ServerBudget> budgets_in(const RedisReply& answer);

}  // namespace tierway::store
