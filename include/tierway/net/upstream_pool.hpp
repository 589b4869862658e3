#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/net/origin.hpp"
#include "tierway/net/resolver.hpp"
#include "tierway/net/sweep.hpp"
#include "tierway/net/task.hpp"
#include "tierway/net/upstream_connection.hpp"

namespace tierway::net {

class Worker;

/// The idle upstream connections of one worker, newest first. No lock: it belongs to its worker.
class UpstreamPool final : public Swept {
public:
    /// Idle connections are closed after this long: below the 60 s and more that providers' front ends keep them.
    static constexpr std::chrono::seconds kIdleMax{50};

    explicit UpstreamPool(Worker& worker);
    ~UpstreamPool() override;

    /// An idle connection that still looks alive, or null.
    std::unique_ptr<UpstreamConnection> take_idle(const Origin& origin, SteadyTime now);
    /// Takes a connection back; one that is not reusable, or too many, is closed.
    void give_back(std::unique_ptr<UpstreamConnection> connection);

    [[nodiscard]] Resolver& resolver() noexcept { return resolver_; }
    void on_sweep(SteadyTime now) override;

private:
    Worker& worker_;
    Resolver resolver_;
    std::map<std::string, std::vector<std::unique_ptr<UpstreamConnection>>, std::less<>> idle_;
};

}  // namespace tierway::net
