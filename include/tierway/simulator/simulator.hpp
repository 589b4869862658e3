#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/simulator/profile.hpp"
#include "tierway/simulator/recordings.hpp"

namespace tierway::simulator {

/// A running simulated upstream that speaks OpenAI Chat Completions over HTTP/1.1: one listening address that serves every given
/// model. Every answer carries the header `x-simulated: tierway` and a `system_fingerprint` of "simulated". Thread-safe to
/// construct and destroy.
class Simulator {
public:
    /// \param port 0 lets the system choose. Errors: Internal, when the address cannot be bound.
    static Result<std::unique_ptr<Simulator>> start(std::vector<ModelProfile> models, const std::string& host,
                                                    std::uint16_t port);
    /// An upstream that gives recorded answers again instead of making some up: at once, with the recorded token counts, to
    /// exactly the recorded prompts. Its answers carry the header `x-replayed: recorded-answers` beside the other labels.
    static Result<std::unique_ptr<Simulator>> replay(Recordings recordings, const std::string& host, std::uint16_t port);
    ~Simulator();
    Simulator(const Simulator&) = delete;
    Simulator& operator=(const Simulator&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;

private:
    struct Impl;
    explicit Simulator(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tierway::simulator
