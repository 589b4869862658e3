#include "store/redis_link.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <random>
#include <utility>

#include "store/redis_greeting.hpp"
#include "tierway/net/worker.hpp"

namespace tierway::store {
namespace {

constexpr std::size_t kReadBytes = std::size_t{16} * 1024;

SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}

/// Jitter only.
double draw() {
    thread_local std::minstd_rand engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
}

RedisAnswer answer_of(RedisAnswer::Kind kind) {
    return {.kind = kind, .reply = {}};
}

}  // namespace

RedisLink::RedisLink(net::Worker& worker, std::shared_ptr<const RedisServer> server, RedisClient::Watcher watcher)
    : worker_(worker), server_(std::move(server)), watcher_(std::move(watcher)) {}

net::Task<> RedisLink::live(std::shared_ptr<RedisLink> link) {
    link->worker_.sweep().add(*link);
    std::array<char, kReadBytes> buffer{};
    const std::span<char> space(buffer);
    unsigned failures = 0;
    while (!link->stopped_) {
        link->fault_.clear();
        link->stream_ = std::make_shared<net::ByteStream>(link->worker_, link->server_->origin);
        link->reader_ = std::make_unique<RedisReplyReader>();
        link->greeting_until_ = steady_now() + RedisClient::kGreetingTime;
        // Kept here, because the link lets go of a stream whose connection it gives up.
        const std::shared_ptr<net::ByteStream> stream = link->stream_;
        auto connected = co_await stream->connect(failures, link->greeting_until_);
        std::string why;
        if (connected) {
            link->greet();
            bool useful = true;
            while (useful && !link->stopped_) {
                auto size = co_await stream->read_some(space);
                if (!size) {
                    why = size.error().message();
                    break;
                }
                const bool was_ready = link->ready_;
                useful = link->take_replies(std::string_view(buffer.data(), *size));
                failures = link->ready_ && !was_ready ? 0 : failures;
            }
        } else {
            why = connected.error().message();
        }
        link->ready_ = false;
        link->drop_connection();
        link->give_up_pending();
        if (link->stopped_) {
            break;
        }
        if (link->watcher_.lost) {
            link->watcher_.lost(link->fault_.empty() ? why : link->fault_);
        }
        ++failures;
        const Milliseconds pause = reconnect_pause(failures, draw());
        co_await link->worker_.sleep(pause);
    }
}

void RedisLink::stop() {
    stopped_ = true;
    ready_ = false;
    unlink();
    watcher_ = {};
    drop_connection();
    give_up_pending();
}

void RedisLink::greet() {
    const auto simple = [this](std::vector<std::string> words, RedisClient::Done done) {
        Command command;
        append_redis_command(command.tail, words.size());
        for (const std::string& word : words) {
            append_redis_word(command.tail, word);
        }
        // The greeting has a time of its own.
        command.deadline = SteadyTime::max();
        command.done = std::move(done);
        put(std::move(command), false);
    };
    const auto must_be_good = [this](RedisAnswer answer) {
        if (answer.kind == RedisAnswer::Kind::Replied && !answer.is_good()) {
            refuse_greeting(answer.reply.text);
        }
    };
    if (!server_->password.empty()) {
        std::vector<std::string> words{"AUTH"};
        if (!server_->user.empty()) {
            words.push_back(server_->user);
        }
        words.emplace_back(server_->password.reveal());
        simple(std::move(words), must_be_good);
    }
    if (server_->database != 0) {
        simple({"SELECT", std::to_string(server_->database)}, must_be_good);
    }
    simple({"INFO"}, [this](RedisAnswer answer) {
        if (answer.kind != RedisAnswer::Kind::Replied || !fault_.empty()) {
            return;
        }
        if (!answer.is_good()) {
            refuse_greeting(answer.reply.text);
            return;
        }
        greeting_until_ = SteadyTime::max();
        ready_ = true;
        const RedisGreeting greeting = read_redis_info(answer.reply.text);
        process_ = greeting.process;
        if (watcher_.greeted) {
            watcher_.greeted(greeting);
        }
    });
}

void RedisLink::refuse_greeting(const std::string& why) {
    if (fault_.empty()) {
        fault_ = "The server refuses: " + why;
    }
    drop_connection();
}

void RedisLink::send(Command command) {
    if (!is_ready()) {
        command.done(answer_of(RedisAnswer::Kind::NotSent));
        return;
    }
    put(std::move(command), false);
}

void RedisLink::put(Command command, bool whole_script) {
    if (command.script != nullptr) {
        append_redis_command(output_, command.words);
        append_redis_word(output_, whole_script ? "EVAL" : "EVALSHA");
        append_redis_word(output_, whole_script ? command.script->text() : command.script->digest());
    }
    output_ += command.tail;
    command.sent = steady_now();
    pending_.push_back(std::move(command));
    write_soon();
}

void RedisLink::write_soon() {
    if (!std::exchange(write_asked_, true)) {
        boost::asio::co_spawn(worker_.executor(), write(shared_from_this(), stream_), [](const std::exception_ptr&) {});
    }
}

net::Task<> RedisLink::write(std::shared_ptr<RedisLink> link, std::shared_ptr<net::ByteStream> stream) {
    std::string bytes;
    while (link->stream_ == stream && !link->output_.empty()) {
        bytes.clear();
        bytes.swap(link->output_);
        auto written = co_await stream->write(bytes);
        if (!written) {
            // The reader sees the same and says why.
            break;
        }
    }
    if (link->stream_ == stream) {
        link->write_asked_ = false;
    }
}

bool RedisLink::take_replies(std::string_view bytes) {
    if (const auto fed = reader_->feed(bytes); !fed) {
        fault_ = fed.error().message();
        return false;
    }
    while (true) {
        auto reply = reader_->next();
        if (!reply) {
            fault_ = reply.error().message();
            return false;
        }
        if (!*reply) {
            return true;
        }
        if (pending_.empty()) {
            fault_ = "It answers what it was not asked";
            return false;
        }
        take(*std::move(*reply));
        // What an answer leads to may have ended the connection.
        if (stopped_ || stream_ == nullptr) {
            return false;
        }
    }
}

void RedisLink::take(RedisReply reply) {
    Command command = std::move(pending_.front());
    pending_.pop_front();
    overdue_ = !pending_.empty() && pending_.front().deadline <= steady_now();
    if (!command.done) {
        return;
    }
    if (command.script != nullptr && reply.is_error("NOSCRIPT")) {
        put(std::move(command), true);
        return;
    }
    RedisAnswer answer = answer_of(RedisAnswer::Kind::Replied);
    answer.reply = std::move(reply);
    command.done(std::move(answer));
}

void RedisLink::on_sweep(SteadyTime now) {
    if (now >= greeting_until_) {
        greeting_until_ = SteadyTime::max();
        fault_ = "The server does not answer";
        drop_connection();
        return;
    }
    std::vector<RedisClient::Done> late;
    for (Command& command : pending_) {
        if (command.deadline <= now && command.done) {
            late.push_back(std::exchange(command.done, nullptr));
        }
    }
    if (!pending_.empty() && pending_.front().deadline <= now) {
        overdue_ = true;
        if (now - pending_.front().sent >= RedisClient::kSilenceMax) {
            fault_ = "The server does not answer";
            drop_connection();
        }
    }
    for (const RedisClient::Done& done : late) {
        done(answer_of(RedisAnswer::Kind::Unknown));
    }
}

void RedisLink::drop_connection() {
    ready_ = false;
    if (stream_ != nullptr) {
        std::exchange(stream_, nullptr)->close();
    }
    output_.clear();
    write_asked_ = false;
}

void RedisLink::give_up_pending() {
    overdue_ = false;
    std::deque<Command> pending;
    pending.swap(pending_);
    for (const Command& command : pending) {
        if (command.done) {
            command.done(answer_of(RedisAnswer::Kind::Unknown));
        }
    }
}

}  // namespace tierway::store
