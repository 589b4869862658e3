#include "store/redis_wire.hpp"

#include <hiredis/hiredis.h>

#include <span>
#include <utility>

namespace tierway::store {
namespace {

RedisReply converted(const redisReply& from) {
    RedisReply reply;
    switch (from.type) {
        case REDIS_REPLY_INTEGER:
            reply.kind = RedisReply::Kind::Integer;
            reply.integer = from.integer;
            break;
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
            reply.kind = RedisReply::Kind::Text;
            reply.text.assign(from.str, static_cast<std::size_t>(from.len));
            break;
        case REDIS_REPLY_ERROR:
            reply.kind = RedisReply::Kind::Error;
            reply.text.assign(from.str, static_cast<std::size_t>(from.len));
            break;
        case REDIS_REPLY_ARRAY:
            reply.kind = RedisReply::Kind::List;
            reply.items.reserve(from.elements);
            // The reader refuses lists that are nested deeper than seven.
            for (const redisReply* item : std::span(from.element, from.elements)) {
                reply.items.push_back(converted(*item));
            }
            break;
        default:
            break;
    }
    return reply;
}

}  // namespace

void append_redis_word(std::string& to, std::string_view word) {
    to.append("$").append(std::to_string(word.size())).append("\r\n").append(word).append("\r\n");
}

void append_redis_command(std::string& to, std::size_t words) {
    to.append("*").append(std::to_string(words)).append("\r\n");
}

void RedisReplyReader::Free::operator()(redisReader* reader) const noexcept {
    redisReaderFree(reader);
}

RedisReplyReader::RedisReplyReader() : reader_(redisReaderCreate()) {}

RedisReplyReader::~RedisReplyReader() = default;

Result<void> RedisReplyReader::feed(std::string_view bytes) {
    waiting_ += bytes.size();
    if (!reader_ || waiting_ > kReplyBytesMax || redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) {
        return Error::internal("A reply is too large");
    }
    return {};
}

Result<std::optional<RedisReply>> RedisReplyReader::next() {
    void* raw = nullptr;
    if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) {
        return Error::internal("It does not speak the Redis protocol");
    }
    if (raw == nullptr) {
        return std::optional<RedisReply>();
    }
    const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(raw), freeReplyObject);
    waiting_ = reader_->len - reader_->pos;
    return std::optional<RedisReply>(converted(*reply));
}

}  // namespace tierway::store
