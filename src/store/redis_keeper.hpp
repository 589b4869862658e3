#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/redis_ledger.hpp"
#include "tierway/net/sweep.hpp"
#include "tierway/net/worker.hpp"
#include "tierway/store/redis_client.hpp"
#include "tierway/store/redis_store.hpp"

namespace tierway::store {

/// Asks the server for leave over a worker's connection. On the client's thread.
void ask_server(RedisLedger& ledger, RedisClient& client, RedisLedger::Asking asking,
                std::function<void(const ledger::OpeningResult&)> opened);

/// The thread that keeps a replica's part of the shared counters: says that it lives, sends settlements, holds slices, and states
/// what the replica remembers when the server lost its data. Carries out what `RedisLedger` decides.
class RedisKeeper : public net::Swept {
public:
    static constexpr Milliseconds kBeat{500};
    static constexpr Milliseconds kSlices{1'000};
    static constexpr Milliseconds kRetry{200};
    static constexpr Milliseconds kCommandTime{2'000};
    static constexpr std::size_t kBatch = 64;
    static constexpr std::size_t kBatchesUnderWay = 4;
    static constexpr std::size_t kSettledPerBeat = 256;
    static constexpr Milliseconds kClosePatience{3'000};

    RedisKeeper(std::shared_ptr<const RedisServer> server, RedisStoreSettings settings);
    ~RedisKeeper() override;

    [[nodiscard]] RedisLedger& ledger() noexcept { return ledger_; }
    [[nodiscard]] const RedisLedger& ledger() const noexcept { return ledger_; }
    void open(ledger::AttemptOpening opening, std::function<void(const ledger::OpeningResult&)> opened);
    /// Sends what waits, gives slices and lease back, and ends the thread.
    void close();
    void on_sweep(SteadyTime now) override;

private:
    void greeted(const RedisGreeting& greeting);
    void lost(const std::string& why);
    void tend(SteadyTime now);
    void enter(const std::string& identity);
    void state_all(const std::string& epoch);
    void state_memory(const std::string& epoch);
    void one_stated(const std::string& epoch, bool good);
    void beat(const std::string& epoch, SteadyTime now);
    void look_at_server();
    void hold_slices(const std::string& epoch, SteadyTime now);
    void send_charges(const std::string& epoch);
    void tell_attempts(const std::string& epoch);
    void leave(std::function<void()> left);
    void tell_phase(EpochWatch::Phase phase);
    /// Runs a script with the keys of the ledger; `good` gets the answer when it begins with "ok", `bad` is called otherwise.
    void run(const RedisScript& script, const std::vector<std::string>& arguments, std::function<void(const RedisReply&)> good,
             std::function<void()> bad);

    std::string address_;
    net::Worker worker_;
    RedisClient client_;
    RedisLedger ledger_;
    std::once_flag closing_;

    // Of the keeper's thread.
    SteadyTime beat_due_{};
    SteadyTime slices_due_{};
    SteadyTime retry_at_{};
    bool entering_ = false;
    bool telling_ = false;
    bool leaving_ = false;
    std::size_t stating_ = 0;  ///< Statements that are not confirmed.
    bool stating_failed_ = false;
    std::size_t batches_ = 0;
    std::uint64_t turn_ = 0;
    unsigned beats_ = 0;
    std::string told_why_;
    EpochWatch::Phase told_phase_ = EpochWatch::Phase::Away;
    bool told_eviction_ = false;
};

}  // namespace tierway::store
