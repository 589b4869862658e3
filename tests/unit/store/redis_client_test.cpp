#include "tierway/store/redis_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <future>
#include <mutex>
#include <utility>

#include "store/redis_process.hpp"
#include "tierway/net/worker.hpp"

namespace tierway::store {
namespace {

using namespace std::chrono_literals;
using Kind = RedisAnswer::Kind;

const RedisScript kEcho("return ARGV[1]");
const RedisScript kAdd("return redis.call('INCRBY', KEYS[1], ARGV[1])");

/// A worker with one client of a server.
class Fixture {
public:
    explicit Fixture(std::shared_ptr<const RedisServer> server)
        : client_(worker_, std::move(server),
                  {.greeted =
                       [this](const RedisGreeting&) {
                           if (!std::exchange(was_greeted_, true)) {
                               greeted_.set_value();
                           }
                       },
                   .lost =
                       [this](const std::string& why) {
                           const std::lock_guard lock(mutex_);
                           lost_.push_back(why);
                       }}) {
        client_.start();
        worker_.start("test");
    }
    ~Fixture() {
        worker_.stop();
        client_.stop();
    }

    bool is_greeted(Milliseconds patience = 10s) { return greeted_.get_future().wait_for(patience) == std::future_status::ready; }
    std::string first_loss() {
        for (int i = 0; i < 1'000; ++i) {
            {
                const std::lock_guard lock(mutex_);
                if (!lost_.empty()) {
                    return lost_.front();
                }
            }
            std::this_thread::sleep_for(10ms);
        }
        return "never lost";
    }
    RedisAnswer run(const RedisScript& script, std::vector<std::string> keys, std::vector<std::string> arguments,
                    Milliseconds time = 10s) {
        std::promise<RedisAnswer> promise;
        std::future<RedisAnswer> answer = promise.get_future();
        worker_.post([&] {
            client_.run(script, keys, arguments, time, [&](RedisAnswer given) { promise.set_value(std::move(given)); });
        });
        return answer.get();
    }
    net::Worker& worker() { return worker_; }
    RedisClient& client() { return client_; }

private:
    net::Worker worker_;
    std::promise<void> greeted_;
    bool was_greeted_ = false;
    std::mutex mutex_;
    std::vector<std::string> lost_;
    RedisClient client_;
};

TEST(RedisScript, IsKnownByTheDigestOfItsText) {
    // As `redis-cli SCRIPT LOAD "return 1"` says.
    EXPECT_EQ(RedisScript("return 1").digest(), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
}

TEST(RedisClient, BringsAScriptToAServerThatDoesNotKnowIt) {
    RedisProcess server;
    Fixture fixture(server.server());
    ASSERT_TRUE(fixture.is_greeted());
    const std::string odd = std::string("a\0b\r\n*1\r\n", 9);
    EXPECT_EQ(fixture.run(kEcho, {}, {odd}).reply.text, odd);
    EXPECT_EQ(fixture.run(kAdd, {"n"}, {"5"}).reply.integer, 5);
    server.ask({"SCRIPT", "FLUSH"});
    EXPECT_EQ(fixture.run(kAdd, {"n"}, {"2"}).reply.integer, 7);
    EXPECT_EQ(fixture.run(kAdd, {"n"}, {"x"}).reply.kind, RedisReply::Kind::Error);
}

TEST(RedisClient, AnswersInOrderWhateverIsUnderWayAtOnce) {
    RedisProcess server;
    Fixture fixture(server.server());
    ASSERT_TRUE(fixture.is_greeted());
    constexpr int kCommands = 2'000;
    std::vector<std::string> answers;
    std::promise<void> over;
    fixture.worker().post([&] {
        for (int i = 0; i < kCommands; ++i) {
            fixture.client().run(kEcho, {}, {std::to_string(i)}, 20s, [&](RedisAnswer answer) {
                answers.push_back(answer.reply.text);
                if (answers.size() == kCommands) {
                    over.set_value();
                }
            });
        }
    });
    ASSERT_EQ(over.get_future().wait_for(20s), std::future_status::ready);
    // The first few bring the script along and come after the others of their burst.
    std::sort(answers.begin(), answers.end());
    EXPECT_EQ(std::unique(answers.begin(), answers.end()), answers.end());
}

net::Task<> run_in_coroutine(RedisClient& client, std::promise<RedisAnswer>& promise) {
    const std::vector<std::string> keys;
    const std::vector<std::string> arguments(1, "hello");
    auto answer = co_await client.run(kEcho, keys, arguments, 10s);
    promise.set_value(std::move(answer));
}

TEST(RedisClient, ServesCoroutines) {
    RedisProcess server;
    Fixture fixture(server.server());
    ASSERT_TRUE(fixture.is_greeted());
    std::promise<RedisAnswer> promise;
    boost::asio::co_spawn(fixture.worker().executor(), run_in_coroutine(fixture.client(), promise), boost::asio::detached);
    EXPECT_EQ(promise.get_future().get().reply.text, "hello");
}

TEST(RedisClient, ASilentServerIsGivenUpInTimeAndThenNotWaitedFor) {
    RedisProcess server;
    Fixture fixture(server.server());
    ASSERT_TRUE(fixture.is_greeted());
    fixture.run(kAdd, {"n"}, {"1"});
    server.stop();
    const SteadyTime began = std::chrono::steady_clock::now();
    EXPECT_EQ(fixture.run(kAdd, {"n"}, {"1"}, 100ms).kind, Kind::Unknown);
    EXPECT_EQ(fixture.run(kAdd, {"n"}, {"1"}, 100ms).kind, Kind::NotSent);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
    server.go_on();
    // The late answer is not mistaken for that of a later command, and what timed out was carried out once.
    RedisAnswer answer;
    for (int i = 0; i < 1'000 && answer.kind != Kind::Replied; ++i) {
        std::this_thread::sleep_for(10ms);
        answer = fixture.run(kAdd, {"n"}, {"10"}, 10s);
    }
    EXPECT_EQ(answer.reply.integer, 12);
}

TEST(RedisClient, ComesBackAfterTheServerDid) {
    RedisProcess server;
    Fixture fixture(server.server());
    ASSERT_TRUE(fixture.is_greeted());
    const std::string process = fixture.client().process();
    server.kill();
    EXPECT_NE(fixture.first_loss(), "never lost");
    EXPECT_EQ(fixture.run(kEcho, {}, {"x"}).kind, Kind::NotSent);
    server.start();
    RedisAnswer answer;
    for (int i = 0; i < 1'000 && answer.kind != Kind::Replied; ++i) {
        std::this_thread::sleep_for(10ms);
        answer = fixture.run(kEcho, {}, {"x"});
    }
    EXPECT_EQ(answer.reply.text, "x");
}

TEST(RedisClient, SaysWhyItIsNotLetIn) {
    RedisProcess server({"--requirepass", "right"});
    {
        Fixture fixture(server.server("right"));
        EXPECT_TRUE(fixture.is_greeted());
    }
    Fixture wrong(server.server("wrong"));
    EXPECT_EQ(wrong.first_loss().substr(0, 31), "The server refuses: WRONGPASS i");
    EXPECT_FALSE(wrong.is_greeted(0ms));
    Fixture none(server.server());
    EXPECT_EQ(none.first_loss().substr(0, 26), "The server refuses: NOAUTH");
}

TEST(RedisClient, SaysWhenNobodyListens) {
    RedisProcess server;
    server.kill();
    Fixture fixture(server.server());
    EXPECT_EQ(fixture.first_loss(), "Connection refused");
}

}  // namespace
}  // namespace tierway::store
