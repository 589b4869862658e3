#include "tierway/gateway/load_limiter.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace tierway::gateway {
namespace {

using Admission = LoadLimiter::Admission;

TEST(LoadLimiter, RefusesWhatIsMoreThanItsPlaces) {
    LoadLimiter limiter({.in_flight_max = 2});
    const Admission first(limiter);
    {
        const Admission second(limiter);
        EXPECT_FALSE(first.refused());
        EXPECT_FALSE(second.refused());
        const Admission third(limiter);
        EXPECT_EQ(third.refused(), Overload::InFlight);
        EXPECT_EQ(limiter.in_flight(), 2U) << "the refused one takes no place";
    }
    EXPECT_EQ(limiter.in_flight(), 1U);
    EXPECT_FALSE(Admission(limiter).refused()) << "a place that was left is free again";
}

TEST(LoadLimiter, NeverGivesMorePlacesThanItHasToThreadsThatRace) {
    constexpr unsigned kPlaces = 3;
    LoadLimiter limiter({.in_flight_max = kPlaces});
    std::atomic<unsigned> inside{0};
    std::atomic<unsigned> most{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int turn = 0; turn < 5'000; ++turn) {
                const Admission admission(limiter);
                if (!admission.refused()) {
                    const unsigned now = inside.fetch_add(1) + 1;
                    unsigned seen = most.load();
                    while (seen < now && !most.compare_exchange_weak(seen, now)) {
                    }
                    inside.fetch_sub(1);
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_LE(most.load(), kPlaces);
    EXPECT_EQ(limiter.in_flight(), 0U);
}

TEST(LoadLimiter, RefusesForMemoryUntilItHasFallen) {
    LoadLimiter limiter({.in_flight_max = 10, .memory_bytes_max = 1'000});
    EXPECT_EQ(limiter.note_resident(899), MemoryPressure::None);
    EXPECT_FALSE(Admission(limiter).refused());
    EXPECT_EQ(limiter.note_resident(900), MemoryPressure::High);
    EXPECT_EQ(Admission(limiter).refused(), Overload::Memory);
    limiter.note_resident(850);
    EXPECT_EQ(Admission(limiter).refused(), Overload::Memory) << "not yet";
    limiter.note_resident(849);
    EXPECT_FALSE(Admission(limiter).refused());
}

TEST(LoadLimiter, FollowsNewLimits) {
    LoadLimiter limiter({.in_flight_max = 1, .memory_bytes_max = 1'000});
    limiter.note_resident(2'000);
    const Admission refused(limiter);
    EXPECT_TRUE(refused.refused());
    limiter.adopt({.in_flight_max = 2});
    const Admission first(limiter);
    const Admission second(limiter);
    EXPECT_FALSE(first.refused());
    EXPECT_FALSE(second.refused());
    limiter.adopt({.in_flight_max = 1});
    EXPECT_EQ(limiter.in_flight(), 2U) << "what is under way stays";
    EXPECT_EQ(Admission(limiter).refused(), Overload::InFlight);
}

TEST(MemoryPressure, RisesAtItsThresholdsAndFallsBelowThem) {
    struct Case {
        MemoryPressure before;
        std::size_t percent;
        MemoryPressure after;
    };
    using enum MemoryPressure;
    const std::vector<Case> cases{
        {None, 89, None},     {None, 90, High},     {None, 94, High},          {None, 95, Critical},     {High, 89, High},
        {High, 85, High},     {High, 84, None},     {High, 95, Critical},      {Critical, 94, Critical}, {Critical, 90, Critical},
        {Critical, 89, High}, {Critical, 84, None}, {Critical, 500, Critical},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(memory_pressure(c.before, c.percent * 10, 1'000), c.after)
            << "from " << static_cast<int>(c.before) << " at " << c.percent << " %";
    }
}

TEST(MemoryPressure, IsNoneWithoutALimit) {
    EXPECT_EQ(memory_pressure(MemoryPressure::Critical, std::size_t{1} << 40U, 0), MemoryPressure::None);
}

}  // namespace
}  // namespace tierway::gateway
