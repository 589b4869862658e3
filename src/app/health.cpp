#include "app/health.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <future>
#include <iostream>
#include <optional>
#include <thread>

#include "app/exit_codes.hpp"
#include "app/listen_option.hpp"
#include "app/serve.hpp"
#include "tierway/config/load.hpp"
#include "tierway/net/upstream_connection.hpp"
#include "tierway/net/worker.hpp"

namespace tierway::app {
namespace {

constexpr std::chrono::seconds kPatience{2};
/// Between two questions while it starts.
constexpr Milliseconds kPause{50};

net::Task<Result<unsigned>> ask_whether_ready(net::Worker& worker, net::Origin origin) {
    const SteadyTime deadline = std::chrono::steady_clock::now() + kPatience;
    net::UpstreamConnection connection(worker, origin);
    auto connected = co_await connection.connect(deadline);
    if (!connected) {
        co_return connected.error();
    }
    const std::array<std::string_view, 1> pieces{"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"};
    const std::span<const std::string_view> span(pieces);
    auto sent = co_await connection.send(span, deadline);
    if (!sent) {
        co_return sent.error();
    }
    auto answered = co_await connection.read_head(deadline);
    if (!answered) {
        co_return answered.error();
    }
    co_return connection.head().status;
}

/// The status of `/readyz`.
Result<unsigned> readiness(const config::Endpoint& admin) {
    net::Worker worker;
    std::promise<Result<unsigned>> done;
    auto future = done.get_future();
    net::Origin origin = net::make_origin(admin.host, admin.port, nullptr, {}, 1);
    boost::asio::co_spawn(worker.executor(), ask_whether_ready(worker, std::move(origin)),
                          [&done](const std::exception_ptr& fault, Result<unsigned> status) {
                              fault ? done.set_exception(fault) : done.set_value(std::move(status));
                          });
    worker.start("tierway-health");
    Result<unsigned> status = future.get();
    worker.stop();
    return status;
}

/// Where the admin plane can be asked from this machine; empty and told why when the options do not say.
std::optional<config::Endpoint> admin_address(const HealthOptions& options) {
    if (options.config_file.empty()) {
        const auto admin = read_listen_option(options.admin);
        if (!admin) {
            std::cerr << "--admin " << options.admin << ' ' << admin.error().message() << '\n';
            return std::nullopt;
        }
        return *admin;
    }
    const config::LoadResult loaded =
        config::load_file(options.config_file, config::PriceCatalogue::built_in(), config::process_environment());
    if (!loaded.snapshot) {
        print_problems(loaded);
        return std::nullopt;
    }
    config::Endpoint admin = loaded.snapshot->admin.listen;
    if (admin.host == "0.0.0.0") {
        admin.host = "127.0.0.1";
    } else if (admin.host == "::") {
        admin.host = "::1";
    }
    return admin;
}

}  // namespace

void add_health(CLI::App& cli, HealthOptions& options, int& exit_code) {
    CLI::App& command = *cli.add_subcommand("health", "Ask the gateway on this machine whether it takes new work");
    auto* admin = command.add_option("--admin", options.admin, "Where its admin plane listens")
                      ->type_name("ADDRESS")
                      ->capture_default_str();
    command.add_option("-c,--config", options.config_file, "Its configuration file, which says where")
        ->type_name("FILE")
        ->excludes(admin);
    command.add_option("--wait", options.wait_seconds, "Ask again for so many seconds until it does")->capture_default_str();
    command.callback([&options, &exit_code] { exit_code = health(options); });
}

int health(const HealthOptions& options) {
    const std::optional<config::Endpoint> admin = admin_address(options);
    if (!admin) {
        return kWrongUsage;
    }
    const SteadyTime end = std::chrono::steady_clock::now() + std::chrono::seconds(options.wait_seconds);
    Result<unsigned> status = readiness(*admin);
    while ((!status || *status != 200) && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(kPause);
        status = readiness(*admin);
    }
    if (!status) {
        std::cerr << "No gateway answers at " << admin->host << ':' << admin->port << ".\n";
        return kFailed;
    }
    if (*status != 200) {
        std::cerr << "The gateway takes no new work (/readyz says " << *status << ").\n";
        return kFailed;
    }
    std::cout << "ready\n";
    return kFine;
}

}  // namespace tierway::app
