#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/secret.hpp"
#include "tierway/base/time.hpp"
#include "tierway/net/origin.hpp"
#include "tierway/net/task.hpp"
#include "tierway/store/redis_reply.hpp"
#include "tierway/store/redis_script.hpp"

namespace tierway::net {
class Worker;
}

namespace tierway::store {

/// Where a Redis server is, and who we are to it.
struct RedisServer {
    net::Origin origin;  ///< With a TLS context: chain and host name are verified.
    std::string user;    ///< Empty: the server's default user.
    Secret password;     ///< Empty: no AUTH is sent.
    unsigned database = 0;

    [[nodiscard]] std::string address() const { return origin.host + ":" + std::to_string(origin.port); }
};

/// What a server says of itself when a connection begins.
struct RedisGreeting {
    std::string process;  ///< Another one after each start of the server.
    /// Changes whenever the data behind the address may be others than before: another process, or another history of replication.
    std::string identity;
    bool may_evict = false;  ///< It throws data away when its memory is full (`maxmemory-policy` is not `noeviction`).
};

/// One connection to a Redis server for one worker: commands are pipelined, each with its own time; a lost connection is made
/// again after a pause that grows to `kPauseMax`. While the server is silent, commands are not sent but answered NotSent at once,
/// so that nobody waits in a queue that does not move. Belongs to its worker's thread; a worker may have several. Nothing throws.
class RedisClient {
public:
    using Done = std::function<void(RedisAnswer)>;
    struct Watcher {
        std::function<void(const RedisGreeting&)> greeted;   ///< Commands may be sent from now on.
        std::function<void(const std::string& why)> lost;  ///< They cannot any more. Once for each failed attempt to connect, too.
    };
    /// How long a connection and its greeting may take.
    static constexpr Milliseconds kGreetingTime{1'000};
    /// A server that owes an answer for so long is given up, and connected to anew.
    static constexpr Milliseconds kSilenceMax{3'000};
    static constexpr Milliseconds kPauseMin{50};
    static constexpr Milliseconds kPauseMax{1'000};
    static constexpr std::size_t kCommandsMax = 10'000;  ///< Under way at a time; the next is NotSent.

    /// \param server shared by the clients of all workers. Either function of `watcher` may be empty.
    RedisClient(net::Worker& worker, std::shared_ptr<const RedisServer> server, Watcher watcher = {});
    /// As `stop`.
    ~RedisClient();
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;

    /// Begins to connect. On the worker's thread, or before it runs.
    void start();
    /// Closes the connection for good; what is under way is answered Unknown. On the worker's thread, or after its end.
    void stop();

    /// Whether a command would be sent now.
    [[nodiscard]] bool is_ready() const noexcept;
    /// The process of the server that the connection reaches; empty before the first greeting.
    [[nodiscard]] const std::string& process() const noexcept;
    /// Commands that the server has not answered.
    [[nodiscard]] std::size_t under_way() const noexcept;

    /// Runs a script; one that the server does not know is sent to it whole. \param done called exactly once on the worker's
    /// thread, perhaps before `run` returns; times are kept to within a sweep of the worker. A server may carry a script out
    /// after its time is over, or twice when the caller repeats it: scripts must be idempotent.
    void run(const RedisScript& script, const std::vector<std::string>& keys, const std::vector<std::string>& arguments,
             Milliseconds time, Done done);
    /// The same for a coroutine of the worker.
    net::Task<RedisAnswer> run(const RedisScript& script, std::vector<std::string> keys, std::vector<std::string> arguments,
                               Milliseconds time);
    /// Sends a plain command.
    void command(const std::vector<std::string>& words, Milliseconds time, Done done);

private:
    class Link;
    net::Worker& worker_;
    std::shared_ptr<Link> link_;
};

}  // namespace tierway::store
