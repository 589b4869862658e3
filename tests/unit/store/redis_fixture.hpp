#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "ledger/store_contract.hpp"
#include "store/redis_process.hpp"
#include "tierway/store/redis_store.hpp"

namespace tierway::store {

/// Keys of one test alone.
inline std::string fresh_prefix() {
    static std::atomic<int> number = 0;
    return "{test-" + std::to_string(getpid()) + "-" + std::to_string(++number) + "}:";
}

/// Patient, because sanitizers and a busy machine are slow; by whose clock it is the noon of the contract's tests.
inline RedisStoreSettings patient(std::string prefix = fresh_prefix()) {
    RedisStoreSettings settings;
    settings.key_prefix = std::move(prefix);
    settings.open_timeout = std::chrono::seconds(10);
    settings.rebuild = Milliseconds(0);
    settings.now = [] { return ledger::kNoon; };
    return settings;
}

/// Waits until `holds()`. \returns whether it came true.
template <class Holds>
bool eventually(const Holds& holds) {
    for (int i = 0; i < 2'000; ++i) {
        if (holds()) {
            return true;
        }
        std::this_thread::sleep_for(Milliseconds(10));
    }
    return false;
}

inline bool becomes_available(const ledger::Store& store, bool available = true) {
    return eventually([&] { return store.state().available == available; });
}

}  // namespace tierway::store
