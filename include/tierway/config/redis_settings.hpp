#pragma once

#include <cstdint>
#include <string>

#include "tierway/base/secret.hpp"
#include "tierway/base/time.hpp"

namespace tierway::config {

/// The Redis server that several replicas share, and how they use it.
struct RedisSettings {
    bool tls = false;
    std::string host;  ///< A name or numeric address, without brackets.
    std::uint16_t port = 6379;
    unsigned database = 0;
    std::string user;     ///< Empty: the server's default user.
    Secret password;      ///< Empty: none is sent.
    std::string ca_file;  ///< PEM bundle to verify the chain with; empty: the system's.
    /// Of all keys of one deployment, with a hash tag that puts them in one slot of a cluster.
    std::string key_prefix = "{tierway}:";
    Milliseconds lease{60'000};    ///< How long a replica counts as alive after it last said so.
    double slice = 0.01;           ///< Of what a hard budget has left, held back for each replica while Redis is away.
    Milliseconds rebuild{3'000};   ///< For all replicas to state what they remember, when Redis lost its data.
};

}  // namespace tierway::config
