#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tierway/ledger/shared_rates.hpp"
#include "tierway/net/sweep.hpp"
#include "tierway/store/redis_client.hpp"

namespace tierway::net {
class Worker;
}

namespace tierway::store {

struct RedisRatesSettings {
    /// Of every key, with a hash tag so that a cluster keeps those of one script in one slot.
    std::string key_prefix = "{tierway}:";
    /// How long an answer may take; then it is Unavailable.
    Milliseconds time{250};
    /// How long a place outlives the replica that took it; each is renewed three times within it.
    Milliseconds lease{60'000};
};

/// Rate limits that several replicas share in one Redis server, by its clock (RELIABILITY.md section 5.5). What is asked while the
/// server is away or silent is Unavailable at once, and ends meanwhile are forgotten: then places are free when their lease is
/// over, and tokens stay as claimed until they have flowed off. A server that lost its data begins anew. For one worker.
class RedisRates final : public ledger::SharedRates, private net::Swept {
public:
    /// \param client the worker's; must outlive this.
    RedisRates(net::Worker& worker, RedisClient& client, RedisRatesSettings settings);

    void ask(const ledger::SharedRateClaim& claim, std::function<void(const ledger::SharedRateAnswer&)> answered) override;
    void end(const ledger::SharedRateClaim& claim, std::int64_t difference) override;

private:
    void on_sweep(SteadyTime now) override;
    [[nodiscard]] std::vector<std::string> keys_of(const std::string& scope) const;

    RedisClient& client_;
    RedisRatesSettings settings_;
    /// The scope of each request under way that has, or may have, a place. Shared with the commands under way, which the client
    /// may answer later than this ends.
    using Places = std::unordered_map<std::string, std::string>;
    std::shared_ptr<Places> places_ = std::make_shared<Places>();
    SteadyTime renewed_at_;
};

}  // namespace tierway::store
