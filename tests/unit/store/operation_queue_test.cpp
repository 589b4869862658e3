#include "store/operation_queue.hpp"

#include <gtest/gtest.h>

#include <future>

#include "ledger/store_contract.hpp"

namespace tierway::store {
namespace {

using namespace ledger;
using namespace std::chrono_literals;
using Kind = OpeningResult::Kind;

constexpr OperationQueue::Limits kLimits{.open_timeout = 60s, .openings_max = 3, .entries_max = 1'000};
const SteadyTime kNever = SteadyTime::max();

std::vector<AttemptSettlement> settlements(int from, int count) {
    std::vector<AttemptSettlement> made;
    for (int i = from; i < from + count; ++i) {
        made.push_back(settlement(std::to_string(i), 1));
    }
    return made;
}

std::string attempt_of(const Entry& entry) {
    return std::holds_alternative<Withdrawal>(entry) ? "withdrawn " + std::get<Withdrawal>(entry).attempt
                                                     : std::get<AttemptSettlement>(entry).attempt;
}

/// Counts how often it was answered, and with what.
struct Answers {
    std::vector<Kind> kinds;
    auto take() {
        return [this](const OpeningResult& result) { kinds.push_back(result.kind); };
    }
};

TEST(OperationQueue, AnswersEachOpeningOfAGroupByItsPosition) {
    OperationQueue queue(kLimits);
    Answers first;
    Answers second;
    queue.add(opening("a", 1, {}), first.take());
    queue.add(opening("b", 1, {}), second.take());
    Group group = queue.take(kNever);
    ASSERT_EQ(group.openings.size(), 2U);
    EXPECT_EQ(group.openings[1]->opening().attempt, "b");
    queue.done(std::move(group), {{.kind = Kind::Granted, .left = {}}, {.kind = Kind::OverBudget, .left = {}}}, true);
    EXPECT_EQ(first.kinds, std::vector{Kind::Granted});
    EXPECT_EQ(second.kinds, std::vector{Kind::OverBudget});
    EXPECT_TRUE(queue.flush(0ms));
}

TEST(OperationQueue, RefusesAtOnceWhatItHasNoRoomFor) {
    OperationQueue queue(kLimits);
    Answers waiting;
    Answers refused;
    for (std::size_t i = 0; i < kLimits.openings_max; ++i) {
        queue.add(opening(std::to_string(i), 1, {}), waiting.take());
    }
    queue.add(opening("x", 1, {}), refused.take());
    EXPECT_EQ(refused.kinds, std::vector{Kind::Unavailable});
    EXPECT_TRUE(waiting.kinds.empty());
    queue.abandon();
    EXPECT_EQ(waiting.kinds, (std::vector{Kind::Unavailable, Kind::Unavailable, Kind::Unavailable}));
}

TEST(OperationQueue, AFailedGroupMakesOpeningsUnavailableAndKeepsSettlementsInOrder) {
    OperationQueue queue(kLimits);
    Answers answers;
    queue.add(settlements(0, 3));
    queue.add(opening("a", 1, {}), answers.take());
    Group group = queue.take(kNever);
    EXPECT_EQ(group.entries.size(), 3U);
    queue.add(settlements(3, 2));
    EXPECT_EQ(queue.state().settlements_waiting, 5U);
    queue.done(std::move(group), {}, false);
    EXPECT_EQ(answers.kinds, std::vector{Kind::Unavailable});
    EXPECT_FALSE(queue.state().available);
    EXPECT_FALSE(queue.flush(0ms));
    // An opening does not wait until settlements are tried again.
    queue.add(opening("b", 1, {}), answers.take());
    group = queue.take(kNever);
    ASSERT_EQ(group.entries.size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(attempt_of(group.entries[i]), std::to_string(i));
    }
    queue.done(std::move(group), {{.kind = Kind::Granted, .left = {}}}, true);
    EXPECT_TRUE(queue.state().available);
    EXPECT_EQ(queue.state().settlements_waiting, 0U);
    EXPECT_TRUE(queue.flush(0ms));
}

TEST(OperationQueue, DropsTheOldestSettlementsWhenThereIsNoRoom) {
    OperationQueue queue({.open_timeout = 60s, .openings_max = 3, .entries_max = 10});
    queue.add(settlements(0, 8));
    queue.add(settlements(8, 5));
    EXPECT_EQ(queue.state().settlements_dropped, 3U);
    const Group group = queue.take(kNever);
    ASSERT_EQ(group.entries.size(), 10U);
    EXPECT_EQ(attempt_of(group.entries.front()), "3");
    EXPECT_EQ(attempt_of(group.entries.back()), "12");
}

TEST(OperationQueue, TheBoundHoldsWhenAFailedGroupComesBack) {
    OperationQueue queue({.open_timeout = 60s, .openings_max = 3, .entries_max = 10});
    queue.add(settlements(0, 8));
    Group group = queue.take(kNever);
    // With those that are being written there is room for two.
    queue.add(settlements(8, 5));
    EXPECT_EQ(queue.state().settlements_dropped, 3U);
    queue.done(std::move(group), {}, false);
    EXPECT_EQ(queue.state().settlements_waiting, 10U);
    EXPECT_EQ(queue.state().settlements_dropped, 3U);
}

TEST(OperationQueue, WhenTheTimeIsOverAnOpeningIsUnavailableAndWithdrawnOnceGranted) {
    OperationQueue queue({.open_timeout = 1ms, .openings_max = 3, .entries_max = 10});
    std::promise<Kind> answer;
    int answers = 0;
    queue.add(opening("a", 1, {}), [&](const OpeningResult& result) {
        ++answers;
        answer.set_value(result.kind);
    });
    Group group = queue.take(kNever);
    std::future<Kind> arrival = answer.get_future();
    ASSERT_EQ(arrival.wait_for(kPatience), std::future_status::ready);
    EXPECT_EQ(arrival.get(), Kind::Unavailable);
    queue.done(std::move(group), {{.kind = Kind::Granted, .left = {}}}, true);
    EXPECT_EQ(answers, 1);
    group = queue.take(kNever);
    ASSERT_EQ(group.entries.size(), 1U);
    EXPECT_EQ(attempt_of(group.entries[0]), "withdrawn a");
}

TEST(OperationQueue, HousekeepingDoesNotWaitForWork) {
    OperationQueue queue(kLimits);
    const Group group = queue.take(std::chrono::steady_clock::now());
    EXPECT_TRUE(group.openings.empty());
    EXPECT_TRUE(group.entries.empty());
}

TEST(OperationQueue, GroupsHaveABound) {
    OperationQueue queue({.open_timeout = 60s, .openings_max = 1'000, .entries_max = 1'000});
    Answers answers;
    for (std::size_t i = 0; i <= OperationQueue::kOpeningsPerGroup; ++i) {
        queue.add(opening(std::to_string(i), 1, {}), answers.take());
    }
    queue.add(settlements(0, OperationQueue::kEntriesPerGroup + 1));
    Group group = queue.take(kNever);
    EXPECT_EQ(group.openings.size(), OperationQueue::kOpeningsPerGroup);
    EXPECT_EQ(group.entries.size(), OperationQueue::kEntriesPerGroup);
    queue.done(std::move(group), std::vector<OpeningResult>(OperationQueue::kOpeningsPerGroup), true);
    EXPECT_EQ(queue.take(kNever).openings.size(), 1U);
    queue.abandon();
}

TEST(OperationQueue, IsOverWhenClosedAndEmpty) {
    OperationQueue queue(kLimits);
    EXPECT_FALSE(queue.is_over());
    queue.add(settlements(0, 1));
    queue.close();
    EXPECT_FALSE(queue.is_over());
    Group group = queue.take(kNever);
    queue.done(std::move(group), {}, true);
    EXPECT_TRUE(queue.is_over());
    // What comes now is lost, and counted.
    queue.add(settlements(1, 1));
    EXPECT_EQ(queue.state().settlements_dropped, 1U);
    Answers answers;
    queue.add(opening("a", 1, {}), answers.take());
    EXPECT_EQ(answers.kinds, std::vector{Kind::Unavailable});
}

}  // namespace
}  // namespace tierway::store
