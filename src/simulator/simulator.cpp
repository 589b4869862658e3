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
    Impl(std::vector<ModelProfile> models, std::optional<Recordings> recordings)
        : handler(std::move(models), std::move(recordings)), server({net::ServingWorker{&worker, &handler}}, net::ServerLimits()) {}

    SimulatorHandler handler;
    net::Worker worker;
    net::Server server;
    std::uint16_t port = 0;

    static Result<std::unique_ptr<Simulator>> serve(std::unique_ptr<Impl> impl, const std::string& host, std::uint16_t port,
                                                    const std::string& what) {
        const auto bound = impl->server.listen(host, port);
        if (!bound) {
            return bound.error();
        }
        impl->port = *bound;
        impl->worker.start("simulator");
        telemetry::log_info("SIMULATED upstream on " + host + ":" + std::to_string(*bound) + " " + what);
        return std::unique_ptr<Simulator>(new Simulator(std::move(impl)));
    }
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
    return Impl::serve(std::make_unique<Impl>(std::move(models), std::nullopt), host, port,
                       "serves " + names + ": a program makes its answers up, nothing it says is real");
}

Result<std::unique_ptr<Simulator>> Simulator::replay(Recordings recordings, const std::string& host, std::uint16_t port) {
    std::vector<ModelProfile> models;
    for (std::string& name : recordings.model_names()) {
        ModelProfile& model = models.emplace_back();
        model.name = std::move(name);
        model.first_token_delay = Milliseconds(0);
        model.tokens_per_second = 0.0;
    }
    const std::string count = std::to_string(recordings.size());
    return Impl::serve(std::make_unique<Impl>(std::move(models), std::move(recordings)), host, port,
                       "gives " + count + " recorded answers again; no model is asked");
}

}  // namespace tierway::simulator
