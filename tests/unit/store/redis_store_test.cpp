#include "tierway/store/redis_store.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "ledger/store_contract.hpp"
#include "store/redis_process.hpp"
#include "tierway/net/worker.hpp"

namespace tierway::store {
namespace {

using namespace ledger;
using namespace std::chrono_literals;
using Kind = OpeningResult::Kind;

/// One server for all tests that do it no harm.
RedisProcess& shared_server() {
    static RedisProcess server;
    return server;
}

std::string fresh_prefix() {
    static std::atomic<int> number = 0;
    return "{test-" + std::to_string(getpid()) + "-" + std::to_string(++number) + "}:";
}

/// Patient, because sanitizers and a busy machine are slow; by whose clock it is the noon of the contract's tests.
RedisStoreSettings patient(RedisStoreSettings settings = {}) {
    settings.open_timeout = 10s;
    settings.rebuild = 0ms;
    settings.now = [] { return kNoon; };
    return settings;
}

void wait_until_available(const Store& store) {
    for (int i = 0; i < 800 && !store.state().available; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_TRUE(store.state().available);
}

class RedisHarness {
public:
    static constexpr Usd kMost = Usd::from_nano((std::int64_t{1} << 53U) - 1);

    RedisHarness() { wait_until_available(store_); }
    Store& store() { return store_; }

private:
    static RedisStoreSettings settings() {
        RedisStoreSettings settings = patient();
        settings.key_prefix = fresh_prefix();
        return settings;
    }
    RedisStore store_{shared_server().server(), settings()};
};

}  // namespace
}  // namespace tierway::store

namespace tierway::ledger {
INSTANTIATE_TYPED_TEST_SUITE_P(Redis, StoreContract, store::RedisHarness);
}  // namespace tierway::ledger
