#include "store/redis_requests.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "store/unix_milliseconds.hpp"
#include "tierway/ledger/budget_counter.hpp"

namespace tierway::store {
namespace {

std::string digits(Usd amount) {
    return std::to_string(std::clamp(amount, Usd(), kRedisUsdMax).nano());
}

std::string digits(WallTime at) {
    return std::to_string(unix_milliseconds(at));
}

std::string digits(Milliseconds time) {
    return std::to_string(time.count());
}

std::string flag(bool set) {
    return set ? "1" : "0";
}

void append_budgets(RedisRequests::Words& words, const std::vector<AttemptBudget>& budgets) {
    words.push_back(std::to_string(budgets.size()));
    for (const AttemptBudget& budget : budgets) {
        words.push_back(budget.name);
        words.push_back(digits(budget.end));
    }
}

std::int64_t number_in(const std::string& text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Usd usd_at(const RedisReply& list, std::size_t position) {
    return Usd::from_nano(number_at(list, position));
}

/// Name, settled, reserved, others, slice, own and version; then pairs of record and amount.
constexpr std::size_t kStateWords = 7;

}  // namespace

RedisRequests::RedisRequests(std::string prefix, std::string instance, std::string record)
    : prefix_(std::move(prefix)),
      instance_(std::move(instance)),
      record_(std::move(record)),
      keys_{prefix_ + "epoch", prefix_ + "replicas", prefix_ + "open:" + instance_, prefix_ + "slices:" + instance_} {}

RedisRequests::Words RedisRequests::begin(const std::string& epoch) const {
    return {prefix_, epoch, instance_, record_};
}

RedisRequests::Words RedisRequests::reserve(const std::string& epoch, const ledger::AttemptOpening& opening,
                                            Milliseconds trusted_from, bool uses_slices) const {
    Words words = begin(epoch);
    words.push_back(opening.attempt);
    words.push_back(digits(opening.estimate));
    words.push_back(digits(trusted_from));
    words.push_back(flag(uses_slices));
    for (std::size_t i = 0; i < opening.budgets.size(); ++i) {
        const ledger::BudgetClaim& claim = opening.budgets[i];
        words.push_back(budget_name(claim.scope, claim.span.begin));
        words.push_back(digits(claim.limit));
        words.push_back(flag(claim.hard));
        words.push_back(digits(claim.span.end));
        words.push_back(flag(ledger::is_repeated(opening, i)));
    }
    return words;
}

RedisRequests::Words RedisRequests::adopt(const std::string& epoch, std::span<const OpenAttempt> attempts) const {
    Words words = begin(epoch);
    for (const OpenAttempt& attempt : attempts) {
        words.push_back(attempt.name);
        words.push_back(digits(attempt.estimate));
        words.push_back(flag(attempt.leave == Leave::Local));
        append_budgets(words, attempt.budgets);
    }
    return words;
}

RedisRequests::Words RedisRequests::settle(const std::string& epoch, std::span<const WaitingCharge> charges) const {
    Words words = begin(epoch);
    for (const WaitingCharge& charge : charges) {
        words.push_back(charge.attempt.name);
        words.push_back(digits(charge.cost));
        words.emplace_back(charge.attempt.leave == Leave::Local ? "slice" : charge.certain ? "late" : "asked");
        words.push_back(digits(charge.attempt.estimate));
        append_budgets(words, charge.attempt.budgets);
    }
    return words;
}

RedisRequests::Words RedisRequests::beat(const std::string& epoch, Milliseconds lease, std::size_t settle_most) const {
    Words words = begin(epoch);
    words.push_back(digits(lease));
    words.push_back(std::to_string(settle_most));
    return words;
}

RedisRequests::Words RedisRequests::slice(const std::string& epoch, std::uint64_t turn, bool held_already,
                                          std::span<const BudgetMemory::SliceWish> wishes) const {
    Words words = begin(epoch);
    words.push_back(std::to_string(turn));
    words.push_back(flag(held_already));
    for (const BudgetMemory::SliceWish& wish : wishes) {
        words.push_back(wish.name);
        words.push_back(digits(wish.limit));
        words.push_back(digits(wish.amount));
        words.push_back(digits(wish.end));
    }
    return words;
}

RedisRequests::Words RedisRequests::recall(const std::string& epoch, std::span<const Recollection> recollections) const {
    Words words = begin(epoch);
    for (const Recollection& each : recollections) {
        words.push_back(each.budget.name);
        words.push_back(digits(each.budget.end));
        words.push_back(std::to_string(each.shares.size()));
        for (const auto& [record, amount] : each.shares) {
            words.push_back(record);
            words.push_back(digits(amount));
        }
    }
    return words;
}

std::string_view verdict_of(const RedisAnswer& answer) {
    const RedisReply& reply = answer.reply;
    if (!answer.is_good() || reply.kind != RedisReply::Kind::List || reply.items.empty()) {
        return {};
    }
    return reply.items.front().text;
}

std::int64_t number_at(const RedisReply& list, std::size_t position) {
    return position < list.items.size() ? number_in(list.items[position].text) : 0;
}

std::vector<ServerBudget> budgets_in(const RedisReply& answer) {
    std::vector<ServerBudget> budgets;
    for (const RedisReply& item : answer.items) {
        if (item.kind != RedisReply::Kind::List || item.items.size() < kStateWords) {
            continue;
        }
        ServerBudget& budget = budgets.emplace_back();
        budget.name = item.items[0].text;
        budget.settled = usd_at(item, 1);
        budget.reserved = usd_at(item, 2);
        budget.others = usd_at(item, 3);
        budget.slice = usd_at(item, 4);
        budget.own = usd_at(item, 5);
        budget.version = number_at(item, 6);
        for (std::size_t i = kStateWords; i + 1 < item.items.size(); i += 2) {
            budget.shares[item.items[i].text] = usd_at(item, i + 1);
        }
    }
    return budgets;
}

}  // namespace tierway::store
