#include "tierway/net/resolver.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <optional>
#include <vector>

namespace tierway::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint16_t kPort = 443;

Resolver::Endpoint endpoint(const char* address) {
    return {boost::asio::ip::make_address(address), kPort};
}

/// A resolver whose answers are ours, and requests that ask it.
struct Fixture {
    boost::asio::io_context context;
    Resolver::Addresses answer;
    boost::system::error_code problem;
    milliseconds takes{0};
    int lookups = 0;
    Resolver resolver{context, [this](std::string, std::uint16_t, boost::system::error_code& error) -> Task<Resolver::Addresses> {
                          ++lookups;
                          boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                            boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
                              timer(context);
                          timer.expires_after(takes);
                          co_await timer.async_wait(kAwait);
                          error = problem;
                          co_return answer;
                      }};
    std::vector<std::optional<Result<Resolver::Addresses>>> answers;

    void ask(std::string host, milliseconds patience = seconds{5}) {
        const std::size_t place = answers.size();
        answers.emplace_back();
        const SteadyTime deadline = std::chrono::steady_clock::now() + patience;
        boost::asio::co_spawn(context, one(std::move(host), deadline, place), boost::asio::detached);
    }
    Task<> one(std::string host, SteadyTime deadline, std::size_t place) {
        auto resolved = co_await resolver.resolve(std::move(host), kPort, deadline);
        answers[place] = resolved;
    }
    void run() {
        context.restart();
        context.run();
    }
};

TEST(Resolver, NeedsNoLookupForANumericAddress) {
    Fixture fixture;
    fixture.ask("127.0.0.1");
    fixture.ask("::1");
    fixture.run();
    EXPECT_EQ(**fixture.answers[0], Resolver::Addresses{endpoint("127.0.0.1")});
    EXPECT_EQ(**fixture.answers[1], Resolver::Addresses{endpoint("::1")});
    EXPECT_EQ(fixture.lookups, 0);
}

TEST(Resolver, SharesOneLookupAndKeepsItsAnswer) {
    Fixture fixture;
    fixture.answer = {endpoint("192.0.2.1"), endpoint("192.0.2.2")};
    for (int i = 0; i < 5; ++i) {
        fixture.ask("api.example");
    }
    fixture.run();
    fixture.ask("api.example");
    fixture.run();
    for (const auto& answer : fixture.answers) {
        EXPECT_EQ(**answer, fixture.answer);
    }
    EXPECT_EQ(fixture.lookups, 1);
}

TEST(Resolver, TellsANameThatCannotBeResolvedAndAsksAgainNextTime) {
    Fixture fixture;
    fixture.problem = boost::asio::error::host_not_found;
    fixture.ask("nowhere.example");
    fixture.run();
    ASSERT_TRUE(fixture.answers[0]->has_error());
    EXPECT_EQ(fixture.answers[0]->error().kind(), ErrorKind::UpstreamUnavailable);
    fixture.problem = {};
    fixture.answer = {endpoint("192.0.2.1")};
    fixture.ask("nowhere.example");
    fixture.run();
    EXPECT_TRUE(fixture.answers[1]->has_value());
}

TEST(Resolver, DoesNotMakeARequestWaitLongerThanItsDeadline) {
    Fixture fixture;
    fixture.takes = milliseconds{300};
    fixture.answer = {endpoint("192.0.2.1")};
    fixture.ask("slow.example", milliseconds{20});
    fixture.ask("slow.example", seconds{5});
    fixture.run();
    ASSERT_TRUE(fixture.answers[0]->has_error());
    EXPECT_EQ(fixture.answers[0]->error().kind(), ErrorKind::UpstreamTimeout);
    EXPECT_TRUE(fixture.answers[1]->has_value());
    EXPECT_EQ(fixture.lookups, 1);
}

TEST(Resolver, TriesTheAddressThatAnsweredFirst) {
    Fixture fixture;
    fixture.answer = {endpoint("192.0.2.1"), endpoint("192.0.2.2"), endpoint("192.0.2.3")};
    fixture.ask("api.example");
    fixture.run();
    fixture.resolver.prefer("api.example", kPort, endpoint("192.0.2.3"));
    fixture.ask("api.example");
    fixture.run();
    EXPECT_EQ(**fixture.answers[1],
              (Resolver::Addresses{endpoint("192.0.2.3"), endpoint("192.0.2.1"), endpoint("192.0.2.2")}));
}

}  // namespace
}  // namespace tierway::net
