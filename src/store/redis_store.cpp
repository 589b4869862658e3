#include "tierway/store/redis_store.hpp"

#include <chrono>
#include <utility>

#include "store/redis_keeper.hpp"

namespace tierway::store {
namespace {

using ledger::OpeningResult;

class Desk final : public ledger::Store {
public:
    Desk(RedisLedger& ledger, RedisClient& client) : ledger_(ledger), client_(client) {}

    void open(ledger::AttemptOpening opening, std::function<void(const OpeningResult&)> opened) override {
        if (const std::optional<OpeningResult> result = ledger_.answer_at_once(opening)) {
            opened(*result);
            return;
        }
        std::optional<RedisLedger::Asking> asking = ledger_.begin(std::move(opening), std::chrono::steady_clock::now());
        if (!asking) {
            opened({.kind = OpeningResult::Kind::Unavailable, .budget = 0, .left = {}});
            return;
        }
        ask_server(ledger_, client_, *std::move(asking), std::move(opened));
    }
    void settle(std::vector<ledger::AttemptSettlement> settlements) override { ledger_.settle(std::move(settlements)); }
    [[nodiscard]] std::vector<ledger::BudgetState> budgets(WallTime now) const override { return ledger_.budgets(now); }
    [[nodiscard]] ledger::StoreState state() const override { return ledger_.state(std::chrono::steady_clock::now()); }
    bool flush(Milliseconds patience) override { return ledger_.flush(patience); }
    void close() override {}

private:
    RedisLedger& ledger_;
    RedisClient& client_;
};

}  // namespace

class RedisStore::Keeper : public RedisKeeper {
public:
    using RedisKeeper::RedisKeeper;
};

RedisStore::RedisStore(std::shared_ptr<const RedisServer> server, RedisStoreSettings settings)
    : keeper_(std::make_unique<Keeper>(std::move(server), std::move(settings))) {}

RedisStore::~RedisStore() = default;

std::unique_ptr<ledger::Store> RedisStore::desk(RedisClient& client) {
    return std::make_unique<Desk>(keeper_->ledger(), client);
}

void RedisStore::open(ledger::AttemptOpening opening, std::function<void(const OpeningResult&)> opened) {
    keeper_->open(std::move(opening), std::move(opened));
}

void RedisStore::settle(std::vector<ledger::AttemptSettlement> settlements) {
    keeper_->ledger().settle(std::move(settlements));
}

std::vector<ledger::BudgetState> RedisStore::budgets(WallTime now) const {
    return keeper_->ledger().budgets(now);
}

ledger::StoreState RedisStore::state() const {
    return keeper_->ledger().state(std::chrono::steady_clock::now());
}

bool RedisStore::flush(Milliseconds patience) {
    return keeper_->ledger().flush(patience);
}

void RedisStore::close() {
    keeper_->close();
}

}  // namespace tierway::store
