#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tierway/config/snapshot.hpp"

namespace tierway::upstream::test {

inline constexpr config::ModelId kA{0};
inline constexpr config::ModelId kB{1};
inline constexpr config::ModelId kC{2};
inline constexpr config::ModelId kD{3};

/// A snapshot of one provider with a model for each context window, named "p/a", "p/b" …
inline config::Snapshot snapshot_of(const std::vector<std::int64_t>& windows) {
    config::Snapshot snapshot;
    config::Provider provider;
    provider.name = "p";
    provider.base_url = {.tls = false, .host = "127.0.0.1", .port = 8000, .prefix = "/v1"};
    snapshot.providers.push_back(provider);
    for (const std::int64_t window : windows) {
        config::Model model;
        model.upstream_name = std::string(1, static_cast<char>('a' + snapshot.models.size()));
        model.name = "p/" + model.upstream_name;
        model.context_tokens = window;
        snapshot.models.push_back(model);
    }
    return snapshot;
}

/// Models of windows that nobody knows.
inline config::Snapshot snapshot_of(std::size_t models) {
    return snapshot_of(std::vector<std::int64_t>(models, 0));
}

}  // namespace tierway::upstream::test
