#include "app/open_store.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "tierway/ledger/memory_store.hpp"
#include "tierway/ledger/recording_store.hpp"
#include "tierway/net/origin.hpp"
#include "tierway/store/ledger_identity.hpp"
#include "tierway/store/redis_rates.hpp"
#include "tierway/store/redis_store.hpp"
#include "tierway/store/sqlite_store.hpp"

namespace tierway::app {
namespace {

/// Of `wait_max`, what Redis gets to answer in; the rest is for deciding without it.
constexpr int kRedisTenths = 6;

/// A store that every worker reaches in the same way.
class PlainStore final : public SpendingStore {
public:
    explicit PlainStore(std::unique_ptr<ledger::Store> store) : store_(std::move(store)) {}

    [[nodiscard]] ledger::Store& shared() noexcept override { return *store_; }
    WorkersDesk desk_of(net::Worker&) override { return {*store_, nullptr}; }
    void leave_workers() override {}

private:
    std::unique_ptr<ledger::Store> store_;
};

/// Redis, which each worker reaches over a connection of its own; with the replica's own record, if it keeps one.
class ReplicatedStore final : public SpendingStore {
public:
    ReplicatedStore(std::shared_ptr<const store::RedisServer> server, store::RedisStoreSettings settings,
                    store::RedisRatesSettings rates, std::unique_ptr<ledger::Store> record)
        : server_(std::move(server)),
          rates_(std::move(rates)),
          record_(std::move(record)),
          counters_(server_, std::move(settings)) {
        if (record_) {
            recording_ = std::make_unique<ledger::RecordingStore>(counters_, *record_);
        }
    }

    [[nodiscard]] ledger::Store& shared() noexcept override {
        return recording_ ? static_cast<ledger::Store&>(*recording_) : counters_;
    }
    WorkersDesk desk_of(net::Worker& worker) override {
        Desk& desk = desks_.emplace_back();
        desk.client = std::make_unique<store::RedisClient>(worker, server_);
        desk.counters = counters_.desk(*desk.client);
        desk.rates = std::make_unique<store::RedisRates>(worker, *desk.client, rates_);
        desk.client->start();
        if (!record_) {
            return {*desk.counters, desk.rates.get()};
        }
        desk.recording = std::make_unique<ledger::RecordingStore>(*desk.counters, *record_);
        return {*desk.recording, desk.rates.get()};
    }
    void leave_workers() override {
        for (Desk& desk : desks_) {
            desk.client->stop();
        }
    }

private:
    struct Desk {
        std::unique_ptr<store::RedisClient> client;
        std::unique_ptr<ledger::Store> counters;
        std::unique_ptr<ledger::Store> recording;
        std::unique_ptr<store::RedisRates> rates;
    };

    std::shared_ptr<const store::RedisServer> server_;
    store::RedisRatesSettings rates_;
    std::unique_ptr<ledger::Store> record_;
    store::RedisStore counters_;
    std::unique_ptr<ledger::RecordingStore> recording_;
    std::vector<Desk> desks_;
};

Result<std::unique_ptr<ledger::Store>> open_sqlite(const config::Store& settings) {
    store::SqliteStoreSettings wanted;
    wanted.durability = settings.survives_power_loss ? store::Durability::Full : store::Durability::Normal;
    wanted.open_timeout = settings.wait_max;
    auto opened = store::SqliteStore::at(settings.sqlite_file, wanted);
    if (!opened) {
        return opened.error();
    }
    return std::unique_ptr<ledger::Store>(std::move(*opened));
}

Result<std::shared_ptr<const store::RedisServer>> redis_server(const config::RedisSettings& settings) {
    std::shared_ptr<boost::asio::ssl::context> tls;
    if (settings.tls) {
        auto made = net::make_client_tls(settings.ca_file);
        if (!made) {
            return made.error();
        }
        tls = *made;
    }
    auto server = std::make_shared<store::RedisServer>();
    server->origin = net::make_origin(settings.host, settings.port, std::move(tls), settings.ca_file, 1);
    server->user = settings.user;
    server->password = settings.password;
    server->database = settings.database;
    return std::shared_ptr<const store::RedisServer>(std::move(server));
}

Result<std::unique_ptr<SpendingStore>> open_redis(const config::Store& settings) {
    const config::RedisSettings& redis = settings.redis;
    auto server = redis_server(redis);
    if (!server) {
        return server.error();
    }
    store::RedisStoreSettings wanted;
    wanted.key_prefix = redis.key_prefix;
    wanted.open_timeout = std::max(settings.wait_max * kRedisTenths / 10, Milliseconds(1));
    wanted.lease = redis.lease;
    wanted.slice = redis.slice;
    wanted.rebuild = redis.rebuild;
    store::RedisRatesSettings rates;
    rates.key_prefix = redis.key_prefix;
    rates.time = wanted.open_timeout;
    rates.lease = redis.lease;
    std::unique_ptr<ledger::Store> record;
    if (!settings.sqlite_file.empty()) {
        auto opened = open_sqlite(settings);
        if (!opened) {
            return opened.error();
        }
        record = std::move(*opened);
        auto identity = store::read_ledger_identity(settings.sqlite_file, std::chrono::system_clock::now());
        if (!identity) {
            return identity.error();
        }
        wanted.record = std::move(identity->record);
        wanted.own_spending = std::move(identity->spending);
    }
    return std::unique_ptr<SpendingStore>(
        std::make_unique<ReplicatedStore>(*server, std::move(wanted), std::move(rates), std::move(record)));
}

}  // namespace

Result<std::unique_ptr<SpendingStore>> open_store(const config::Store& settings) {
    if (settings.kind == config::Store::Kind::Redis) {
        return open_redis(settings);
    }
    std::unique_ptr<ledger::Store> store = std::make_unique<ledger::MemoryStore>();
    if (settings.kind == config::Store::Kind::Sqlite) {
        auto opened = open_sqlite(settings);
        if (!opened) {
            return opened.error();
        }
        store = std::move(*opened);
    }
    return std::unique_ptr<SpendingStore>(std::make_unique<PlainStore>(std::move(store)));
}

}  // namespace tierway::app
