#include "app/simulate.hpp"

#include <signal.h>

#include <iostream>

#include "app/exit_codes.hpp"
#include "app/listen_option.hpp"
#include "app/ready_file.hpp"
#include "app/serve.hpp"
#include "tierway/simulator/simulator.hpp"

namespace tierway::app {

int simulate(const SimulateOptions& options) {
    const auto endpoint = read_listen_option(options.listen);
    if (!endpoint) {
        std::cerr << "--listen " << options.listen << ": " << endpoint.error().message() << '\n';
        return kWrongUsage;
    }
    block_signals();
    auto simulator = simulator::Simulator::start(simulator::demo_profiles(), endpoint->host, endpoint->port);
    if (!simulator) {
        std::cerr << simulator.error().message() << '\n';
        return kFailed;
    }
    const std::string address = endpoint->host + ':' + std::to_string((*simulator)->port());
    if (!options.ready_file.empty() && !write_ready_file(options.ready_file, address, {})) {
        std::cerr << "The ready file " << options.ready_file << " cannot be written.\n";
        return kFailed;
    }
    std::cout << "Simulated upstreams on http://" << address << "/v1 (nothing they say is real)" << std::endl;
    wait_for_end();
    return kFine;
}

}  // namespace tierway::app
