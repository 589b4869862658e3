#include "tierway/store/redis_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <cstdint>
#include <utility>

#include "store/redis_link.hpp"
#include "tierway/net/handoff.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/telemetry/log.hpp"

namespace tierway::store {
namespace {

void log_fault(const std::exception_ptr& fault) {
    if (fault) {
        telemetry::log_exception("A connection to Redis ended by an exception", fault);
    }
}

std::string encoded(const std::vector<std::string>& words) {
    std::string text;
    append_redis_command(text, words.size());
    for (const std::string& word : words) {
        append_redis_word(text, word);
    }
    return text;
}

}  // namespace

class RedisClient::Link : public RedisLink {
public:
    using RedisLink::RedisLink;
};

RedisClient::RedisClient(net::Worker& worker, std::shared_ptr<const RedisServer> server, Watcher watcher)
    : worker_(worker), link_(std::make_shared<Link>(worker, std::move(server), std::move(watcher))) {}

RedisClient::~RedisClient() {
    stop();
}

void RedisClient::start() {
    boost::asio::co_spawn(worker_.executor(), RedisLink::live(link_), log_fault);
}

void RedisClient::stop() {
    link_->stop();
}

bool RedisClient::is_ready() const noexcept {
    return link_->is_ready();
}

const std::string& RedisClient::process() const noexcept {
    return link_->process();
}

std::size_t RedisClient::under_way() const noexcept {
    return link_->under_way();
}

void RedisClient::run(const RedisScript& script, const std::vector<std::string>& keys, const std::vector<std::string>& arguments,
                      Milliseconds time, Done done) {
    RedisLink::Command command;
    append_redis_word(command.tail, std::to_string(keys.size()));
    for (const std::string& key : keys) {
        append_redis_word(command.tail, key);
    }
    for (const std::string& argument : arguments) {
        append_redis_word(command.tail, argument);
    }
    command.script = &script;
    // EVALSHA or EVAL, the digest or the text, and the number of keys come first.
    command.words = 3 + keys.size() + arguments.size();
    command.deadline = std::chrono::steady_clock::now() + time;
    command.done = std::move(done);
    link_->send(std::move(command));
}

net::Task<RedisAnswer> RedisClient::run(const RedisScript& script, std::vector<std::string> keys,
                                        std::vector<std::string> arguments, Milliseconds time) {
    const auto handoff = std::make_shared<net::Handoff<RedisAnswer>>(worker_);
    run(script, keys, arguments, time, [handoff](RedisAnswer answer) { handoff->give(std::move(answer)); });
    auto answer = co_await handoff->take(time);
    if (!answer) {
        RedisAnswer unknown;
        unknown.kind = RedisAnswer::Kind::Unknown;
        co_return unknown;
    }
    co_return *std::move(answer);
}

void RedisClient::command(const std::vector<std::string>& words, Milliseconds time, Done done) {
    RedisLink::Command command;
    command.tail = encoded(words);
    command.deadline = std::chrono::steady_clock::now() + time;
    command.done = std::move(done);
    link_->send(std::move(command));
}

}  // namespace tierway::store
