#pragma once

#include <array>
#include <string_view>

#include "tierway/store/redis_script.hpp"

namespace tierway::store {

// The files of src/store/lua, compiled in.
std::string_view lua_common() noexcept;
std::string_view lua_forget() noexcept;
std::string_view lua_reserve() noexcept;
std::string_view lua_adopt() noexcept;
std::string_view lua_settle() noexcept;
std::string_view lua_beat() noexcept;
std::string_view lua_slice() noexcept;
std::string_view lua_recall() noexcept;
std::string_view lua_enter() noexcept;

/// The scripts by which a ledger is kept in Redis; what each does is written at its head.
struct LedgerScripts {
    RedisScript forget;
    RedisScript reserve;
    RedisScript adopt;
    RedisScript settle;
    RedisScript beat;
    RedisScript slice;
    RedisScript recall;
    RedisScript enter;

    static const LedgerScripts& get();
    [[nodiscard]] std::array<const RedisScript*, 8> all() const noexcept {
        return {&forget, &reserve, &adopt, &settle, &beat, &slice, &recall, &enter};
    }
};

}  // namespace tierway::store
