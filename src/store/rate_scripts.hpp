#pragma once

#include <string_view>

#include "tierway/store/redis_script.hpp"

namespace tierway::store {

// The files of src/store/lua, compiled in.
std::string_view lua_rate_common() noexcept;
std::string_view lua_rate_ask() noexcept;
std::string_view lua_rate_end() noexcept;
std::string_view lua_rate_renew() noexcept;

/// The scripts by which replicas share rate limits in Redis; what each does is written at its head.
struct RateScripts {
    RedisScript ask;
    RedisScript end;
    RedisScript renew;

    static const RateScripts& get();
};

}  // namespace tierway::store
