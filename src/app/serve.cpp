#include "app/serve.hpp"

#include <signal.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "app/exit_codes.hpp"
#include "app/ready_file.hpp"
#include "app/service.hpp"
#include "tierway/telemetry/log.hpp"

namespace tierway::app {
namespace {

sigset_t awaited_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    return signals;
}

int next_signal() {
    const sigset_t signals = awaited_signals();
    int received = 0;
    sigwait(&signals, &received);
    return received;
}

/// The next signal within a time; 0 when none came.
int next_signal(Milliseconds patience) {
    const sigset_t signals = awaited_signals();
    const timespec time{patience.count() / 1'000, (patience.count() % 1'000) * 1'000'000};
    return std::max(sigtimedwait(&signals, nullptr, &time), 0);
}

bool ends_the_process(int signal) {
    return signal == SIGTERM || signal == SIGINT;
}

telemetry::Level level_of(config::LogLevel level) {
    return static_cast<telemetry::Level>(level);
}

void reload_into(Service& service, const std::function<config::LoadResult()>& reload) {
    if (!reload) {
        return;
    }
    const config::LoadResult loaded = reload();
    if (!loaded.snapshot) {
        service.count_failed_reload();
        for (const config::Problem& problem : loaded.problems) {
            telemetry::log_error("Configuration not reloaded, the old one serves on: " + problem.to_string());
        }
        return;
    }
    telemetry::set_log_level(level_of(loaded.snapshot->log.level));
    if (auto reloaded = service.reload(loaded.snapshot); !reloaded) {
        telemetry::log_error("Configuration not reloaded, the old one serves on: " + std::string(reloaded.error().message()));
        return;
    }
    telemetry::log_info("Configuration reloaded; policy " + loaded.snapshot->policy_hash + ".");
}

}  // namespace

void block_signals() {
    const sigset_t signals = awaited_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);
}

void wait_for_end() {
    while (!ends_the_process(next_signal())) {
    }
}

void print_problems(const config::LoadResult& loaded) {
    for (const config::Problem& problem : loaded.problems) {
        std::cerr << problem.to_string() << '\n';
    }
    for (const config::Problem& warning : loaded.warnings) {
        std::cerr << "warning: " << warning.to_string() << '\n';
    }
}

int serve_until_signalled(config::SnapshotPtr snapshot, const std::function<config::LoadResult()>& reload,
                          const std::string& ready_file,
                          const std::function<void(const std::string&, const std::string&)>& started) {
    telemetry::set_log_level(level_of(snapshot->log.level));
    Service service(std::move(snapshot));
    if (auto begun = service.start(); !begun) {
        std::cerr << begun.error().message() << '\n';
        return kFailed;
    }
    if (!ready_file.empty() && !write_ready_file(ready_file, service.listen_address(), service.admin_address())) {
        std::cerr << "The ready file " << ready_file << " cannot be written.\n";
        return kFailed;
    }
    telemetry::log_info("Serving on http://" + service.listen_address() + ", admin plane on http://" + service.admin_address() +
                        ".");
    if (started) {
        started(service.listen_address(), service.admin_address());
    }
    while (!ends_the_process(next_signal())) {
        reload_into(service, reload);
    }
    telemetry::log_info("Draining; another signal ends at once.");
    service.drain([](Milliseconds patience) { return ends_the_process(next_signal(patience)); });
    return kFine;
}

int serve(const ServeOptions& options) {
    const auto load = [&options] {
        return config::load_file(options.config_file, config::PriceCatalogue::built_in(), config::process_environment());
    };
    const config::LoadResult loaded = load();
    print_problems(loaded);
    if (!loaded.snapshot) {
        return kWrongUsage;
    }
    block_signals();
    return serve_until_signalled(loaded.snapshot, load, options.ready_file, {});
}

}  // namespace tierway::app
