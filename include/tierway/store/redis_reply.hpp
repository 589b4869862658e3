#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tierway::store {

/// What a Redis server answers a command with.
struct RedisReply {
    enum class Kind : std::uint8_t { Null, Integer, Text, Error, List };
    Kind kind = Kind::Null;
    std::int64_t integer = 0;       ///< Of an Integer.
    std::string text;               ///< Of a Text or an Error; an Error's first word names its kind: "NOSCRIPT …".
    std::vector<RedisReply> items;  ///< Of a List.

    [[nodiscard]] bool is_error(std::string_view name) const noexcept {
        return kind == Kind::Error && std::string_view(text).substr(0, name.size()) == name;
    }
};

/// What became of a command.
struct RedisAnswer {
    enum class Kind : std::uint8_t {
        Replied,  ///< The server answered, perhaps with an Error.
        NotSent,  ///< There is no connection that answers: nothing happened.
        Unknown,  ///< It was sent and no answer came in time, or the connection ended: it may happen yet, or have happened.
    };
    Kind kind = Kind::NotSent;
    RedisReply reply;  ///< When Replied.

    /// Whether it was carried out.
    [[nodiscard]] bool is_good() const noexcept { return kind == Kind::Replied && reply.kind != RedisReply::Kind::Error; }
};

}  // namespace tierway::store
