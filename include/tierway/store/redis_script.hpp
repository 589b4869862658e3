#pragma once

#include <string>
#include <string_view>

namespace tierway::store {

/// A Lua script that a Redis server runs atomically. Servers know it by its digest, so that a changed script is another one and
/// old and new processes can use the same server. Immutable and shared; must outlive the commands that run it.
class RedisScript {
public:
    explicit RedisScript(std::string text);

    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    /// SHA-1 in hexadecimal digits, as EVALSHA wants it.
    [[nodiscard]] std::string_view digest() const noexcept { return digest_; }

private:
    std::string text_;
    std::string digest_;
};

}  // namespace tierway::store
