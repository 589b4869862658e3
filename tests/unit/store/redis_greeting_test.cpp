#include "store/redis_greeting.hpp"

#include <gtest/gtest.h>

namespace tierway::store {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kInfo =
    "# Server\r\nredis_version:7.0.15\r\nrun_id:abc\r\n# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n"
    "# Replication\r\nrole:master\r\nmaster_replid:def\r\n";

TEST(RedisGreeting, NamesTheServerByItsProcessAndItsHistory) {
    const RedisGreeting greeting = read_redis_info(kInfo);
    EXPECT_EQ(greeting.process, "abc");
    EXPECT_EQ(greeting.identity, "abc/def");
    EXPECT_EQ(read_redis_info("nonsense").identity, "/");
}

TEST(RedisGreeting, WarnsOfEvictionOnlyWhereMemoryIsBounded) {
    EXPECT_FALSE(read_redis_info(kInfo).may_evict);
    EXPECT_TRUE(read_redis_info("maxmemory:1000\r\nmaxmemory_policy:volatile-ttl\r\n").may_evict);
    EXPECT_FALSE(read_redis_info("maxmemory:1000\r\nmaxmemory_policy:noeviction\r\n").may_evict);
}

TEST(RedisGreeting, PausesGrowToABoundAndDiffer) {
    EXPECT_EQ(reconnect_pause(1, 0.0), 25ms);
    EXPECT_EQ(reconnect_pause(1, 1.0), 50ms);
    EXPECT_EQ(reconnect_pause(3, 1.0), 200ms);
    EXPECT_EQ(reconnect_pause(1'000, 0.0), 500ms);
    EXPECT_EQ(reconnect_pause(1'000, 1.0), 1'000ms);
}

}  // namespace
}  // namespace tierway::store
