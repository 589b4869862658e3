#include "app/serve.hpp"

#include <signal.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <utility>

#include "app/descriptor_limit.hpp"
#include "app/exit_codes.hpp"
#include "app/ready_file.hpp"
#include "app/service.hpp"
#include "tierway/config/file_watch.hpp"
#include "tierway/telemetry/log.hpp"

namespace tierway::app {
namespace {

/// How often the configuration file is looked at.
constexpr Milliseconds kLookEvery{1'000};

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

/// The next signal, or SIGHUP when the watched file has changed: both ask for the same. \param watch may be null.
int next_signal_or_change(config::FileWatch* watch) {
    while (watch != nullptr) {
        if (const int received = next_signal(kLookEvery); received > 0) {
            return received;
        }
        if (watch->changed()) {
            return SIGHUP;
        }
    }
    return next_signal();
}

bool ends_the_process(int signal) {
    return signal == SIGTERM || signal == SIGINT;
}

telemetry::Level level_of(config::LogLevel level) {
    return static_cast<telemetry::Level>(level);
}

void reload_into(Service& service, const Reload& reload) {
    if (!reload.load) {
        return;
    }
    const config::LoadResult loaded = reload.load();
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

int serve_until_signalled(config::SnapshotPtr snapshot, const Reload& reload, const std::string& ready_file,
                          const std::function<void(const std::string&, const std::string&)>& started) {
    telemetry::set_log_level(level_of(snapshot->log.level));
    raise_descriptor_limit(snapshot->server.connections_max);
    Service service(std::move(snapshot));
    // Before anybody is told that it serves: who waits for that and then changes the file must not be missed.
    std::optional<config::FileWatch> watch;
    const auto follow_setting = [&] {
        if (!service.watches_configuration() || reload.file.empty()) {
            watch.reset();
        } else if (!watch) {
            watch.emplace(reload.file);
        } else {
            watch->mark_seen();
        }
    };
    follow_setting();
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
    while (!ends_the_process(next_signal_or_change(watch ? &*watch : nullptr))) {
        service.reopen_logs();
        reload_into(service, reload);
        follow_setting();
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
    return serve_until_signalled(loaded.snapshot, {load, options.config_file}, options.ready_file, {});
}

}  // namespace tierway::app
