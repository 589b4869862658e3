#include "tierway/simulator/simulator.hpp"

#include <set>
#include <utility>

#include "simulator/handler.hpp"
#include "tierway/net/server.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/telemetry/log.hpp"

namespace tierway::simulator {

/// The order of members is the order of life: the server goes first, then the worker with its suspended coroutines, which refer
/// to the handler.
struct Simulator::Impl {
    explicit Impl(std::vector<ModelProfile> models)
        : handler(std::move(models)), server({net::ServingWorker{&worker, &handler}}, net::ServerLimits()) {}

    SimulatorHandler handler;
    net::Worker worker;
    net::Server server;
    std::uint16_t port = 0;
};

Simulator::Simulator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Simulator::~Simulator() {
    impl_->worker.stop();
}

std::uint16_t Simulator::port() const noexcept {
    return impl_->port;
}

Result<std::unique_ptr<Simulator>> Simulator::start(std::vector<ModelProfile> models, const std::string& host,
                                                    std::uint16_t port) {
    std::string names;
    std::set<std::string, std::less<>> seen;
    for (const ModelProfile& model : models) {
        if (!seen.insert(model.name).second) {
            return Error::internal("The simulator was given the model `" + model.name + "` twice. Give each model its own name.");
        }
        names += (names.empty() ? "" : ", ") + model.name;
    }
    auto impl = std::make_unique<Impl>(std::move(models));
    const auto bound = impl->server.listen(host, port);
    if (!bound) {
        return bound.error();
    }
    impl->port = *bound;
    impl->worker.start("simulator");
    telemetry::log_info("SIMULATED upstream on " + host + ":" + std::to_string(*bound) + " serves " + names +
                        ": a program makes its answers up, nothing it says is real");
    return std::unique_ptr<Simulator>(new Simulator(std::move(impl)));
}

}  // namespace tierway::simulator
