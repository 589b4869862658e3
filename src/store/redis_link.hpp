#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "store/redis_wire.hpp"
#include "tierway/net/byte_stream.hpp"
#include "tierway/net/sweep.hpp"
#include "tierway/net/task.hpp"
#include "tierway/store/redis_client.hpp"

namespace tierway::store {

/// The connection behind a `RedisClient`, shared with the coroutines that serve it, which may end after the client.
class RedisLink : public net::Swept, public std::enable_shared_from_this<RedisLink> {
public:
    /// A command on its way. With a script, `tail` is what follows the digest, kept in case that the server asks for the script.
    struct Command {
        const RedisScript* script = nullptr;
        std::size_t words = 0;
        std::string tail;
        SteadyTime deadline{};
        RedisClient::Done done;  ///< Empty once it is answered, when the server's late answer is dropped.
        SteadyTime sent{};
    };

    RedisLink(net::Worker& worker, std::shared_ptr<const RedisServer> server, RedisClient::Watcher watcher);

    /// Connects, serves, and connects again, until it is stopped.
    static net::Task<> live(std::shared_ptr<RedisLink> link);
    void stop();

    [[nodiscard]] bool is_ready() const noexcept { return ready_ && !overdue_ && pending_.size() < RedisClient::kCommandsMax; }
    [[nodiscard]] const std::string& process() const noexcept { return process_; }
    [[nodiscard]] std::size_t under_way() const noexcept { return pending_.size(); }
    /// Sends it, or answers NotSent.
    void send(Command command);
    void on_sweep(SteadyTime now) override;

private:
    static net::Task<> write(std::shared_ptr<RedisLink> link, std::shared_ptr<net::ByteStream> stream);

    void greet();
    void put(Command command, bool whole_script);
    /// Asks for what was put to be written, with what else this turn of the loop puts.
    void write_soon();
    /// \returns false when the connection is of no use any more.
    bool take_replies(std::string_view bytes);
    void take(RedisReply reply);
    void refuse_greeting(const std::string& why);
    void drop_connection();
    /// Answers all that is under way Unknown.
    void give_up_pending();

    net::Worker& worker_;
    std::shared_ptr<const RedisServer> server_;
    RedisClient::Watcher watcher_;
    std::shared_ptr<net::ByteStream> stream_;
    std::unique_ptr<RedisReplyReader> reader_;
    std::deque<Command> pending_;  ///< In the order of their answers.
    std::string output_;           ///< Not yet handed to the stream.
    bool write_asked_ = false;
    bool ready_ = false;
    bool overdue_ = false;  ///< The server owes an answer whose time is over.
    bool stopped_ = false;
    std::string process_;
    std::string fault_;  ///< Why this connection is given up; empty while it is not.
    SteadyTime greeting_until_ = SteadyTime::max();
};

}  // namespace tierway::store
