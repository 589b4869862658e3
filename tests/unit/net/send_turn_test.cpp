#include "net/send_turn.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace tierway::net {
namespace {

/// A socket whose other end the test reads. Asio asks nothing of it but its descriptor.
struct Pair {
    explicit Pair(boost::asio::io_context& context) : near(context) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
        near.assign(boost::asio::ip::tcp::v4(), ends[0]);
        far = ends[1];
    }
    ~Pair() { ::close(far); }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;

    /// What has arrived.
    [[nodiscard]] std::string received() const {
        std::array<char, 256> bytes{};
        const ssize_t size = ::recv(far, bytes.data(), bytes.size(), MSG_DONTWAIT);
        return {bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    }

    Socket near;
    int far = -1;
};

struct Fixture {
    boost::asio::io_context context{1};
    SendTurn turn{context};
    std::vector<std::string> log;

    Task<> send(Pair& pair, std::string_view text) {
        const std::array<std::string_view, 1> pieces{text};
        GatheredWrite write(pieces);
        boost::system::error_code error;
        const bool ended = co_await turn.send(write, pair.near, error);
        log.push_back(std::string(text) + (ended && !error ? " sent" : " failed"));
    }
    void spawn_send(Pair& pair, std::string_view text) {
        boost::asio::co_spawn(context, send(pair, text), boost::asio::detached);
    }
};

TEST(SendTurn, SendsBehindWhatTheLoopHasTakenUp) {
    Fixture fixture;
    Pair pair(fixture.context);
    fixture.spawn_send(pair, "early");
    boost::asio::post(fixture.context, [&] { fixture.log.push_back("received \"" + pair.received() + "\""); });
    fixture.context.run();
    EXPECT_EQ(fixture.log, (std::vector<std::string>{"received \"\"", "early sent"}));
    EXPECT_EQ(pair.received(), "early");
}

TEST(SendTurn, SendsAllBeforeItResumesAnybody) {
    Fixture fixture;
    Pair pair(fixture.context);
    Pair other(fixture.context);
    boost::asio::co_spawn(
        fixture.context,
        [](Fixture& f, Pair& first, Pair& second) -> Task<> {
            co_await f.send(first, "first");
            f.log.push_back("the second has \"" + second.received() + "\"");
        }(fixture, pair, other),
        boost::asio::detached);
    fixture.spawn_send(other, "second");
    fixture.context.run();
    EXPECT_EQ(fixture.log, (std::vector<std::string>{"first sent", "the second has \"second\"", "second sent"}));
}

TEST(SendTurn, TakesAnotherTurnForWhoQueuesAgain) {
    Fixture fixture;
    Pair pair(fixture.context);
    boost::asio::co_spawn(
        fixture.context,
        [](Fixture& f, Pair& to) -> Task<> {
            co_await f.send(to, "one ");
            co_await f.send(to, "two");
        }(fixture, pair),
        boost::asio::detached);
    fixture.context.run();
    EXPECT_EQ(pair.received(), "one two");
}

TEST(SendTurn, SendsNothingThatWasGivenUp) {
    Fixture fixture;
    Pair pair(fixture.context);
    const std::array<std::string_view, 1> pieces{"unwanted"};
    GatheredWrite write(pieces);
    boost::system::error_code error;
    bool ended = false;
    boost::asio::co_spawn(
        fixture.context,
        [](Fixture& f, Pair& to, GatheredWrite& what, boost::system::error_code& why, bool& end) -> Task<> {
            end = co_await f.turn.send(what, to.near, why);
        }(fixture, pair, write, error, ended),
        boost::asio::detached);
    boost::asio::post(fixture.context, [&] { write.give_up(); });
    fixture.context.run();
    EXPECT_TRUE(ended);
    EXPECT_EQ(error, boost::asio::error::operation_aborted);
    EXPECT_EQ(pair.received(), "");
}

TEST(SendTurn, ForgetsWhatIsQueuedWhenTheWorkerEnds) {
    bool destroyed = false;
    {
        struct Witness {
            bool& destroyed;
            ~Witness() { destroyed = true; }
        };
        Fixture fixture;
        Pair pair(fixture.context);
        boost::asio::co_spawn(
            fixture.context,
            [](Fixture& f, Pair& to, bool& gone) -> Task<> {
                const Witness witness{gone};
                co_await f.send(to, "never");
            }(fixture, pair, destroyed),
            boost::asio::detached);
        fixture.context.run_one();
        fixture.turn.clear();
        fixture.context.poll();
        EXPECT_EQ(pair.received(), "");
        EXPECT_TRUE(fixture.log.empty());
    }
    EXPECT_TRUE(destroyed);
}

}  // namespace
}  // namespace tierway::net
