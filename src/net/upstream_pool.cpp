#include "tierway/net/upstream_pool.hpp"

#include <algorithm>
#include <utility>

#include "tierway/net/worker.hpp"

namespace tierway::net {

UpstreamPool::UpstreamPool(Worker& worker) : worker_(worker), resolver_(worker.context()) {
    worker.sweep().add(*this);
}

UpstreamPool::~UpstreamPool() = default;

std::unique_ptr<UpstreamConnection> UpstreamPool::take_idle(const Origin& origin, SteadyTime now) {
    const auto found = idle_.find(origin.key);
    if (found == idle_.end()) {
        return nullptr;
    }
    auto& connections = found->second;
    while (!connections.empty()) {
        std::unique_ptr<UpstreamConnection> newest = std::move(connections.back());
        connections.pop_back();
        if (!newest->stale(now)) {
            worker_.sweep().add(*newest);
            return newest;
        }
    }
    return nullptr;
}

void UpstreamPool::give_back(std::unique_ptr<UpstreamConnection> connection) {
    if (!connection || !connection->reusable()) {
        return;
    }
    const Origin& origin = connection->origin();
    auto found = idle_.find(origin.key);
    if (found == idle_.end()) {
        found = idle_.emplace(origin.key, std::vector<std::unique_ptr<UpstreamConnection>>{}).first;
    }
    if (found->second.size() < origin.idle_connections_max) {
        connection->idle_since = std::chrono::steady_clock::now();
        // An idle connection has no deadline of its own, and the pool may destroy it while the sweep runs.
        connection->unlink();
        found->second.push_back(std::move(connection));
    }
}

void UpstreamPool::on_sweep(SteadyTime now) {
    for (auto it = idle_.begin(); it != idle_.end();) {
        // The oldest stand first, because the newest are taken and put back at the end.
        auto& connections = it->second;
        const auto fresh = std::find_if(connections.begin(), connections.end(),
                                        [now](const auto& connection) { return now - connection->idle_since < kIdleMax; });
        connections.erase(connections.begin(), fresh);
        it = connections.empty() ? idle_.erase(it) : std::next(it);
    }
}

}  // namespace tierway::net
