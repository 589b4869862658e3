#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/store/redis_reply.hpp"

struct redisReader;

namespace tierway::store {

/// Appends one word of a command: "$5\r\nhello\r\n".
void append_redis_word(std::string& to, std::string_view word);
/// Appends the beginning of a command of so many words.
void append_redis_command(std::string& to, std::size_t words);

/// Cuts what a server sends into replies. Bounded: a reply that is larger than `kReplyBytesMax` is refused.
class RedisReplyReader {
public:
    static constexpr std::size_t kReplyBytesMax = std::size_t{8} << 20U;

    RedisReplyReader();
    ~RedisReplyReader();
    RedisReplyReader(const RedisReplyReader&) = delete;
    RedisReplyReader& operator=(const RedisReplyReader&) = delete;

    /// Errors: Internal, when it cannot be Redis that speaks; the connection is of no use any more.
    Result<void> feed(std::string_view bytes);
    /// The next whole reply; empty when there is none yet.
    Result<std::optional<RedisReply>> next();

private:
    struct Free {
        void operator()(redisReader* reader) const noexcept;
    };
    std::unique_ptr<redisReader, Free> reader_;
    std::size_t waiting_ = 0;  ///< Bytes that no whole reply has used up; an upper bound.
};

}  // namespace tierway::store
