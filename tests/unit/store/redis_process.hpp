#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tierway/net/origin.hpp"
#include "tierway/store/redis_client.hpp"

namespace tierway::store {

/// A real redis-server for tests: on a free port of loopback, keeping nothing on disk, gone with its object or its parent.
class RedisProcess {
public:
    explicit RedisProcess(std::vector<std::string> options = {}) : options_(std::move(options)), port_(free_port()) { start(); }
    ~RedisProcess() { kill(); }
    RedisProcess(const RedisProcess&) = delete;
    RedisProcess& operator=(const RedisProcess&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    void start() {
        process_ = fork();
        ASSERT_GE(process_, 0);
        if (process_ == 0) {
            run();
        }
        for (int i = 0; i < 400 && !answers(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(25));
        }
        ASSERT_TRUE(answers()) << "redis-server does not listen; is it installed?";
    }
    void kill() {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            waitpid(process_, nullptr, 0);
            process_ = 0;
        }
    }
    /// It exists, and does nothing.
    void stop() const { ::kill(process_, SIGSTOP); }
    void go_on() const { ::kill(process_, SIGCONT); }

    /// \param password empty: none is sent.
    [[nodiscard]] std::shared_ptr<const RedisServer> server(std::string password = {}) const {
        auto server = std::make_shared<RedisServer>();
        server->origin = net::make_origin("127.0.0.1", port_, nullptr, "", 1);
        server->password = Secret(std::move(password));
        return server;
    }

    /// Sends one command over a connection of its own. \returns the beginning of the raw answer.
    std::string ask(const std::vector<std::string>& words) const {
        std::string command = "*" + std::to_string(words.size()) + "\r\n";
        for (const std::string& word : words) {
            command += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
        }
        const int socket = connected();
        if (socket < 0 || ::send(socket, command.data(), command.size(), MSG_NOSIGNAL) < 0) {
            return "no connection";
        }
        std::string answer(65'536, '\0');
        const ssize_t size = ::recv(socket, answer.data(), answer.size(), 0);
        ::close(socket);
        answer.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return answer;
    }

private:
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    static std::uint16_t free_port() {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), size), 0);
        EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
        ::close(socket);
        return ntohs(address.sin_port);
    }
    [[nodiscard]] int connected() const {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in address = loopback(port_);
        if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
            return socket;
        }
        ::close(socket);
        return -1;
    }
    [[nodiscard]] bool answers() const {
        const int socket = connected();
        if (socket >= 0) {
            ::close(socket);
        }
        return socket >= 0;
    }
    void run() {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        std::vector<std::string> words{"redis-server", "--port",       std::to_string(port_), "--bind",     "127.0.0.1", "--save", "",
                                       "--appendonly", "no",           "--daemonize",         "no",         "--dir",     "/tmp",
                                       "--loglevel",   "warning",      "--logfile",           "/dev/null"};
        words.insert(words.end(), options_.begin(), options_.end());
        std::vector<char*> arguments;
        for (std::string& word : words) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }

    std::vector<std::string> options_;
    std::uint16_t port_;
    pid_t process_ = 0;
};

}  // namespace tierway::store
