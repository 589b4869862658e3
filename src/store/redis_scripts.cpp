#include "store/redis_scripts.hpp"

#include <string>

namespace tierway::store {
namespace {

RedisScript whole(std::string_view own) {
    std::string text(lua_common());
    text += own;
    return RedisScript(std::move(text));
}

}  // namespace

const LedgerScripts& LedgerScripts::get() {
    static const LedgerScripts kScripts{.forget = whole(lua_forget()),
                                        .reserve = whole(lua_reserve()),
                                        .adopt = whole(lua_adopt()),
                                        .settle = whole(lua_settle()),
                                        .beat = whole(lua_beat()),
                                        .slice = whole(lua_slice()),
                                        .recall = whole(lua_recall()),
                                        .enter = RedisScript(std::string(lua_enter()))};
    return kScripts;
}

}  // namespace tierway::store
