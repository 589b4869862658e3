#include "app/demo.hpp"

#include <iostream>
#include <memory>
#include <optional>

#include "app/demo_requests.hpp"
#include "app/embedded_files.hpp"
#include "app/exit_codes.hpp"
#include "app/listen_option.hpp"
#include "app/serve.hpp"
#include "tierway/config/load.hpp"
#include "tierway/simulator/simulator.hpp"

namespace tierway::app {
namespace {

/// The demo's configuration with the addresses of this run.
config::SnapshotPtr demo_snapshot(const std::string& simulator_url, const config::Endpoint& listen,
                                  const config::Endpoint& admin) {
    const auto environment = [&simulator_url](const std::string& name) -> std::optional<std::string> {
        return name == "SIMULATOR_URL" ? std::optional<std::string>(simulator_url) : std::nullopt;
    };
    const config::LoadResult loaded =
        config::load_text(demo_configuration(), "config/demo.yaml", config::PriceCatalogue::built_in(), environment);
    print_problems(loaded);
    if (!loaded.snapshot) {
        return nullptr;
    }
    auto adjusted = std::make_shared<config::Snapshot>(*loaded.snapshot);
    adjusted->server.listen = listen;
    adjusted->admin.listen = admin;
    adjusted->log.decisions = "off";
    adjusted->log.audit = "off";
    // No balancer has to notice that a demo ends.
    adjusted->server.drain_delay = Milliseconds{0};
    return adjusted;
}

void print_invitation(const std::string& listen, const std::string& admin) {
    std::cout << "Serving on http://" << listen << "/v1 (admin plane on http://" << admin << "). Try:\n"
              << "  curl -i http://" << listen << "/v1/chat/completions -H 'Content-Type: application/json' \\\n"
              << "    -d '{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Extract the e-mails: "
                 "ann@example.com\"}]}'\n"
              << "  curl http://" << admin << "/api/decisions?last=1\n"
              << "Look at it: http://" << admin << "/ui/\n"
              << "Ctrl-C ends it." << std::endl;
}

}  // namespace

int demo(const DemoOptions& options) {
    const auto listen = read_listen_option(options.listen);
    const auto admin = read_listen_option(options.admin);
    if (!listen || !admin) {
        std::cerr << (listen ? "--admin " : "--listen ") << (listen ? admin.error() : listen.error()).message() << '\n';
        return kWrongUsage;
    }
    block_signals();
    auto simulator = simulator::Simulator::start(simulator::demo_profiles(), "127.0.0.1", 0);
    if (!simulator) {
        std::cerr << simulator.error().message() << '\n';
        return kFailed;
    }
    const std::string simulator_url = "http://127.0.0.1:" + std::to_string((*simulator)->port()) + "/v1";
    const config::SnapshotPtr snapshot = demo_snapshot(simulator_url, *listen, *admin);
    if (!snapshot) {
        return kFailed;
    }
    std::cout << "Tierway demo: three SIMULATED upstream tiers on " << simulator_url << " and the gateway in front of them.\n\n";
    return serve_until_signalled(snapshot, {}, options.ready_file,
                                 [](const std::string& address, const std::string& admin_address) {
                                     if (!run_demo_requests(address)) {
                                         std::cout << "Not every request was answered; see the log.\n";
                                     }
                                     print_invitation(address, admin_address);
                                 });
}

}  // namespace tierway::app
