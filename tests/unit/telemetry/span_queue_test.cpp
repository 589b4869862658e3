#include "tierway/telemetry/span_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace tierway::telemetry {
namespace {

SpanQueue::Batch spans(std::size_t count, std::string text = "{}") {
    return {std::move(text), count};
}

TEST(SpanQueue, GivesTheOldestFirst) {
    SpanQueue queue;
    EXPECT_TRUE(queue.add(spans(1, "a")));
    EXPECT_TRUE(queue.add(spans(2, "b,c")));
    const SpanQueue::Batch batch = queue.take();
    EXPECT_EQ(batch.spans, "a,b,c");
    EXPECT_EQ(batch.count, 3U);
    EXPECT_EQ(queue.take().count, 0U);
}

TEST(SpanQueue, DropsTheNewestWhenItIsFull) {
    SpanQueue queue({.spans = 5});
    EXPECT_TRUE(queue.add(spans(3, "old")));
    EXPECT_FALSE(queue.add(spans(3, "new")));  // All or none of a request.
    EXPECT_TRUE(queue.add(spans(2, "fits")));
    EXPECT_FALSE(queue.add(spans(1)));
    EXPECT_EQ(queue.take().spans, "old,fits");
    EXPECT_TRUE(queue.add(spans(5)));
}

TEST(SpanQueue, IsBoundedInBytesToo) {
    SpanQueue queue({.spans = 100, .bytes = 10});
    EXPECT_TRUE(queue.add(spans(1, std::string(8, 'x'))));
    EXPECT_FALSE(queue.add(spans(1, std::string(3, 'x'))));
    queue.take();
    EXPECT_TRUE(queue.add(spans(1, std::string(10, 'x'))));
}

TEST(SpanQueue, GivesNoMoreThanABatch) {
    SpanQueue queue;
    for (int i = 0; i < 300; ++i) {
        EXPECT_TRUE(queue.add(spans(3)));
    }
    EXPECT_EQ(queue.take().count, 510U);
    EXPECT_EQ(queue.take().count, 390U);
}

TEST(SpanQueue, GivesARequestThatIsLargerThanABatch) {
    SpanQueue queue;
    EXPECT_TRUE(queue.add(spans(SpanQueue::kBatchSpans + 1)));
    EXPECT_EQ(queue.take().count, SpanQueue::kBatchSpans + 1);
}

TEST(SpanQueue, SaysOnceThatABatchIsReady) {
    SpanQueue queue;
    int told = 0;
    queue.notify([&told] { ++told; });
    for (std::size_t i = 0; i + 1 < SpanQueue::kBatchSpans; ++i) {
        queue.add(spans(1));
    }
    EXPECT_EQ(told, 0);
    queue.add(spans(1));
    queue.add(spans(1));
    EXPECT_EQ(told, 1);
    while (queue.take().count > 0) {
    }
    queue.add(spans(SpanQueue::kBatchSpans));
    EXPECT_EQ(told, 2);
}

TEST(SpanQueue, LosesNothingBetweenThreads) {
    SpanQueue queue({.spans = 1'000'000});
    std::atomic<bool> done{false};
    std::size_t taken = 0;
    std::thread taker([&] {
        while (!done) {
            taken += queue.take().count;
        }
    });
    std::vector<std::thread> adders;
    for (int t = 0; t < 3; ++t) {
        adders.emplace_back([&queue] {
            for (int i = 0; i < 2'000; ++i) {
                queue.add(spans(2));
            }
        });
    }
    for (std::thread& adder : adders) {
        adder.join();
    }
    done = true;
    taker.join();
    for (auto batch = queue.take(); batch.count > 0; batch = queue.take()) {
        taken += batch.count;
    }
    EXPECT_EQ(taken, 12'000U);
}

}  // namespace
}  // namespace tierway::telemetry
