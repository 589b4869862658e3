#include "tierway/store/redis_rates.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/one_rate_limit.hpp"
#include "store/redis_process.hpp"
#include "tierway/net/worker.hpp"

namespace tierway::store {
namespace {

using namespace std::chrono_literals;
using ledger::SharedRateAnswer;
using ledger::SharedRateClaim;
using Kind = SharedRateAnswer::Kind;

/// One server for all tests that do it no harm.
RedisProcess& shared_server() {
    static RedisProcess server;
    return server;
}

std::string fresh_prefix() {
    static std::atomic<int> number = 0;
    return "{rates-" + std::to_string(getpid()) + "-" + std::to_string(++number) + "}:";
}

SharedRateClaim claim_of(const RateLimits& limits, std::int64_t tokens = 0) {
    static std::atomic<int> number = 0;
    return {"request-" + std::to_string(++number), "agent", limits, tokens};
}

/// One worker of one replica.
class Replica {
public:
    /// \param time generous by default, because sanitizers and a busy machine are slow.
    Replica(const RedisProcess& server, const std::string& prefix, Milliseconds time = 10s, Milliseconds lease = 60s)
        : client_(worker_, server.server()), rates_(worker_, client_, {prefix, time, lease}) {
        client_.start();
        worker_.start("replica");
        wait_until_ready(true);
    }
    ~Replica() { worker_.stop(); }
    Replica(const Replica&) = delete;
    Replica& operator=(const Replica&) = delete;

    SharedRateAnswer ask(const SharedRateClaim& claim) {
        auto answer = std::make_shared<std::promise<SharedRateAnswer>>();
        worker_.post([this, claim, answer] {
            rates_.ask(claim, [answer](const SharedRateAnswer& told) { answer->set_value(told); });
        });
        return answer->get_future().get();
    }
    /// Returns once the server has done it.
    void end(const SharedRateClaim& claim, std::int64_t difference = 0) {
        worker_.post([this, claim, difference] { rates_.end(claim, difference); });
        auto done = std::make_shared<std::promise<void>>();
        worker_.post([this, done] { client_.command({"PING"}, 10s, [done](const RedisAnswer&) { done->set_value(); }); });
        done->get_future().get();
    }
    void wait_until_ready(bool ready) {
        for (int i = 0; i < 1'000; ++i) {
            auto is_ready = std::make_shared<std::promise<bool>>();
            worker_.post([this, is_ready] { is_ready->set_value(client_.is_ready()); });
            if (is_ready->get_future().get() == ready) {
                return;
            }
            std::this_thread::sleep_for(10ms);
        }
        ADD_FAILURE() << "the connection is not as it should be";
    }

private:
    net::Worker worker_;
    RedisClient client_;
    RedisRates rates_;
};

TEST(RedisRates, GrantsTheBurstAndTellsWhenTheNextPasses) {
    Replica replica(shared_server(), fresh_prefix());
    for (const std::int64_t remaining : {2, 1, 0}) {
        const SharedRateAnswer granted = replica.ask(claim_of(requests(60, 3)));
        ASSERT_EQ(granted.kind, Kind::Granted);
        EXPECT_EQ(granted.levels.requests->limit, 60);
        EXPECT_EQ(granted.levels.requests->remaining, remaining);
        EXPECT_FALSE(granted.levels.tokens);
    }
    const SharedRateAnswer refused = replica.ask(claim_of(requests(60, 3)));
    ASSERT_EQ(refused.kind, Kind::Refused);
    EXPECT_EQ(refused.refused_by, RateLimitKind::Requests);
    EXPECT_GT(refused.wait, 0ms);
    EXPECT_LE(refused.wait, 1s);
    EXPECT_LE(refused.levels.requests->reset, 3s);
    std::this_thread::sleep_for(refused.wait);
    EXPECT_EQ(replica.ask(claim_of(requests(60, 3))).kind, Kind::Granted);
}

TEST(RedisRates, AWholeBurstPassesWhateverTheRounding) {
    Replica replica(shared_server(), fresh_prefix());
    for (const std::int64_t per_minute : {7, 13}) {
        SharedRateClaim claim = claim_of(requests(per_minute, per_minute));
        claim.scope = "agent-" + std::to_string(per_minute);
        for (std::int64_t i = 0; i < per_minute; ++i) {
            EXPECT_EQ(replica.ask(claim).kind, Kind::Granted) << i;
        }
        EXPECT_EQ(replica.ask(claim).kind, Kind::Refused);
    }
}

TEST(RedisRates, TakesOfAllLimitsOrOfNone) {
    Replica replica(shared_server(), fresh_prefix());
    RateLimits limits = requests(600, 100);
    limits.tokens = RateLimit{60, 60};
    limits.concurrent = 10;
    EXPECT_EQ(replica.ask(claim_of(limits, 50)).kind, Kind::Granted);
    for (int i = 0; i < 20; ++i) {
        const SharedRateAnswer refused = replica.ask(claim_of(limits, 60));
        ASSERT_EQ(refused.refused_by, RateLimitKind::Tokens) << "and it takes neither a request nor a place";
        EXPECT_GE(refused.levels.requests->remaining, 99);
    }
}

TEST(RedisRates, CorrectsTokensInBothDirections) {
    Replica replica(shared_server(), fresh_prefix());
    const SharedRateClaim claim = claim_of(tokens(6'000), 5'000);
    EXPECT_EQ(replica.ask(claim).kind, Kind::Granted);
    EXPECT_EQ(replica.ask(claim_of(tokens(6'000), 5'000)).kind, Kind::Refused);
    replica.end(claim, -4'900);
    const SharedRateClaim second = claim_of(tokens(6'000), 5'000);
    EXPECT_EQ(replica.ask(second).kind, Kind::Granted);
    replica.end(second, 20'000);
    const SharedRateAnswer refused = replica.ask(claim_of(tokens(6'000), 1));
    EXPECT_EQ(refused.refused_by, RateLimitKind::Tokens);
    EXPECT_GT(refused.wait, 170s);
    EXPECT_LT(refused.wait, 195s);
    EXPECT_EQ(refused.levels.tokens->remaining, 0);
}

TEST(RedisRates, AChangedLimitKeepsWhatWasTaken) {
    Replica replica(shared_server(), fresh_prefix());
    EXPECT_EQ(replica.ask(claim_of(tokens(600), 600)).kind, Kind::Granted);
    const SharedRateAnswer more = replica.ask(claim_of(tokens(60'000), 1));
    EXPECT_EQ(more.kind, Kind::Granted);
    EXPECT_GE(more.levels.tokens->remaining, 59'000);
    const SharedRateAnswer less = replica.ask(claim_of(requests(1, 1)));
    EXPECT_EQ(less.kind, Kind::Granted) << "another limit is another meter";
}

TEST(RedisRates, PlacesAreSharedAndGivenBack) {
    const std::string prefix = fresh_prefix();
    Replica one(shared_server(), prefix);
    Replica two(shared_server(), prefix);
    const SharedRateClaim first = claim_of(concurrent(2));
    EXPECT_EQ(one.ask(first).kind, Kind::Granted);
    EXPECT_EQ(two.ask(claim_of(concurrent(2))).kind, Kind::Granted);
    const SharedRateAnswer full = two.ask(claim_of(concurrent(2)));
    EXPECT_EQ(full.refused_by, RateLimitKind::Concurrent);
    EXPECT_EQ(full.wait, RateCounters::kPlaceWait);
    one.end(first);
    // The place is given back over another connection, so the server may hear of it after the next question.
    bool free = false;
    for (int i = 0; i < 100 && !free; ++i) {
        free = two.ask(claim_of(concurrent(2))).kind == Kind::Granted;
        std::this_thread::sleep_for(free ? 0ms : 20ms);
    }
    EXPECT_TRUE(free);
}

TEST(RedisRates, APlaceIsKeptWhileItsReplicaLivesAndFreeSoonAfter) {
    const std::string prefix = fresh_prefix();
    Replica other(shared_server(), prefix);
    {
        Replica holder(shared_server(), prefix, 10s, 1500ms);
        EXPECT_EQ(holder.ask(claim_of(concurrent(1))).kind, Kind::Granted);
        std::this_thread::sleep_for(4s);
        EXPECT_EQ(other.ask(claim_of(concurrent(1))).kind, Kind::Refused) << "it was renewed";
    }
    bool free = false;
    for (int i = 0; i < 100 && !free; ++i) {
        std::this_thread::sleep_for(50ms);
        free = other.ask(claim_of(concurrent(1))).kind == Kind::Granted;
    }
    EXPECT_TRUE(free);
}

// RELIABILITY.md section 8, row 41.
TEST(RedisRates, ThreeReplicasTogetherKeepToOneLimit) {
    const std::string prefix = fresh_prefix();
    std::vector<std::unique_ptr<Replica>> replicas;
    for (int i = 0; i < 3; ++i) {
        replicas.push_back(std::make_unique<Replica>(shared_server(), prefix));
    }
    std::atomic<int> offered{0};
    std::atomic<int> granted{0};
    const SteadyTime began = std::chrono::steady_clock::now();
    std::vector<std::thread> clients;
    for (const auto& replica : replicas) {
        for (int i = 0; i < 2; ++i) {
            clients.emplace_back([&, own = replica.get()] {
                while (std::chrono::steady_clock::now() < began + 3s) {
                    ++offered;
                    granted += own->ask(claim_of(requests(6'000, 20))).kind == Kind::Granted ? 1 : 0;
                }
            });
        }
    }
    for (std::thread& client : clients) {
        client.join();
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    const double allowed = 20 + 100 * seconds;
    EXPECT_GT(offered, 2 * granted) << "or it shows nothing";
    EXPECT_GE(granted, allowed * 0.98);
    EXPECT_LE(granted, allowed * 1.02);
    RecordProperty("granted", granted);
    std::cout << "granted " << granted << " of " << offered << " in " << seconds << " s\n";
}

TEST(RedisRates, AServerThatIsAwayOrSilentKeepsNobodyWaiting) {
    RedisProcess server;
    Replica replica(server, fresh_prefix(), 200ms);
    EXPECT_EQ(replica.ask(claim_of(requests(60, 10))).kind, Kind::Granted);
    server.stop();
    const SteadyTime asked = std::chrono::steady_clock::now();
    EXPECT_EQ(replica.ask(claim_of(requests(60, 10))).kind, Kind::Unavailable);
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 1s);
    const SteadyTime again = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(replica.ask(claim_of(requests(60, 10))).kind, Kind::Unavailable);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - again, 1s) << "each at once";
    server.go_on();
    replica.wait_until_ready(true);
    EXPECT_NE(replica.ask(claim_of(requests(60, 10))).kind, Kind::Unavailable);
    server.kill();
    replica.wait_until_ready(false);
    EXPECT_EQ(replica.ask(claim_of(requests(60, 10))).kind, Kind::Unavailable);
    server.start();
    replica.wait_until_ready(true);
    EXPECT_EQ(replica.ask(claim_of(requests(60, 10))).levels.requests->remaining, 9) << "what it forgot is forgotten";
}

TEST(RedisRates, NothingStaysInTheServerOnceItHasFlowedOff) {
    const std::string prefix = fresh_prefix();
    Replica replica(shared_server(), prefix);
    EXPECT_EQ(replica.ask(claim_of(requests(6'000, 20))).kind, Kind::Granted);
    const std::string key = prefix + "rate:agent";
    EXPECT_EQ(shared_server().ask({"EXISTS", key}), ":1\r\n");
    for (int i = 0; i < 100 && shared_server().ask({"EXISTS", key}) != ":0\r\n"; ++i) {
        std::this_thread::sleep_for(50ms);
    }
    EXPECT_EQ(shared_server().ask({"EXISTS", key}), ":0\r\n");
}

}  // namespace
}  // namespace tierway::store
