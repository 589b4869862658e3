#include "store/redis_keeper.hpp"

#include <chrono>
#include <future>
#include <random>
#include <span>
#include <utility>

#include "store/redis_greeting.hpp"
#include "store/redis_scripts.hpp"
#include "tierway/telemetry/log.hpp"

namespace tierway::store {
namespace {

using ledger::OpeningResult;
using Phase = EpochWatch::Phase;

SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}

std::string drawn_epoch() {
    std::random_device entropy;
    return std::to_string(entropy()) + "-" + std::to_string(entropy());
}

/// Calls `each` with one batch after another.
template <class Item, class Each>
void in_batches(const std::vector<Item>& items, const Each& each) {
    for (std::size_t i = 0; i < items.size(); i += RedisKeeper::kBatch) {
        each(std::vector<Item>(items.begin() + static_cast<std::ptrdiff_t>(i),
                               items.begin() + static_cast<std::ptrdiff_t>(std::min(items.size(), i + RedisKeeper::kBatch))));
    }
}

}  // namespace

void ask_server(RedisLedger& ledger, RedisClient& client, RedisLedger::Asking asking,
                std::function<void(const OpeningResult&)> opened) {
    if (asking.epoch.empty() || !client.is_ready() || !ledger.is_known(client.process())) {
        opened(ledger.answer_without_server(asking, false, steady_now()));
        return;
    }
    const std::vector<std::string> arguments =
        ledger.requests().reserve(asking.epoch, asking.opening, ledger.settings().rebuild, asking.uses_slices);
    client.run(LedgerScripts::get().reserve, ledger.requests().keys(), arguments, ledger.settings().open_timeout,
               [&ledger, &client, asking = std::move(asking), opened = std::move(opened)](const RedisAnswer& answer) mutable {
                   if (const std::optional<OpeningResult> result = ledger.answer(asking, answer, steady_now())) {
                       opened(*result);
                   } else {
                       ask_server(ledger, client, std::move(asking), std::move(opened));
                   }
               });
}

RedisKeeper::RedisKeeper(std::shared_ptr<const RedisServer> server, RedisStoreSettings settings)
    : address_(server->address()),
      client_(worker_, server,
              {.greeted = [this](const RedisGreeting& greeting) { greeted(greeting); },
               .lost = [this](const std::string& why) { lost(why); }}),
      // At once on the keeper's own thread, so that a settlement goes before the opening that follows it.
      ledger_(std::move(settings), [this] { worker_.run_here([this] { tend(steady_now()); }); }) {
    worker_.sweep().add(*this);
    client_.start();
    worker_.start("tierway-redis");
}

RedisKeeper::~RedisKeeper() {
    close();
}

void RedisKeeper::open(ledger::AttemptOpening opening, std::function<void(const OpeningResult&)> opened) {
    if (const std::optional<OpeningResult> result = ledger_.answer_at_once(opening)) {
        opened(*result);
        return;
    }
    std::optional<RedisLedger::Asking> asking = ledger_.begin(std::move(opening), steady_now());
    if (!asking) {
        opened({.kind = OpeningResult::Kind::Unavailable, .budget = 0, .left = {}});
        return;
    }
    worker_.run_here([this, asking = *std::move(asking), opened = std::move(opened)]() mutable {
        ask_server(ledger_, client_, std::move(asking), std::move(opened));
    });
}

void RedisKeeper::close() {
    std::call_once(closing_, [this] {
        ledger_.close();
        ledger_.flush(kClosePatience);
        const auto left = std::make_shared<std::promise<void>>();
        std::future<void> leaving = left->get_future();
        worker_.post([this, left] {
            leaving_ = true;
            leave([left] { left->set_value(); });
        });
        leaving.wait_for(kClosePatience);
        worker_.stop();
        client_.stop();
    });
}

void RedisKeeper::greeted(const RedisGreeting& greeting) {
    ledger_.greeted(greeting);
    retry_at_ = {};
    beat_due_ = {};
    if (greeting.may_evict && !std::exchange(told_eviction_, true)) {
        telemetry::log_warning("Redis at " + address_ +
                               " throws keys away when its memory is full, and with them what was spent: set its "
                               "`maxmemory-policy` to `noeviction`.");
    }
    // A script that the server does not know would come after others of its burst: an opening before the settlement that makes
    // room for it. One that may not be loaded is sent whole when it is run.
    for (const RedisScript* script : LedgerScripts::get().all()) {
        client_.command({"SCRIPT", "LOAD", std::string(script->text())}, kCommandTime, [](const RedisAnswer&) {});
    }
    tend(steady_now());
}

void RedisKeeper::lost(const std::string& why) {
    ledger_.lost();
    if (std::exchange(told_why_, why) != why) {
        telemetry::log_warning("Redis at " + address_ + " is away: " + why +
                               ". Hard budgets are spent from what it holds back for this replica, then refused.");
    }
    tell_phase(Phase::Away);
}

void RedisKeeper::tell_phase(Phase phase) {
    if (std::exchange(told_phase_, phase) == phase) {
        return;
    }
    if (phase == Phase::Serving) {
        told_why_.clear();
        telemetry::log_info("Redis at " + address_ + " counts what is spent.");
    } else if (phase == Phase::Rebuilding) {
        telemetry::log_info("Redis at " + address_ + " is told what this replica remembers.");
    }
}

void RedisKeeper::on_sweep(SteadyTime now) {
    tend(now);
}

void RedisKeeper::tend(SteadyTime now) {
    if (!client_.is_ready() || leaving_ || now < retry_at_) {
        return;
    }
    const RedisLedger::Standing standing = ledger_.standing(now);
    tell_phase(standing.phase);
    if (standing.must_enter) {
        enter(standing.identity);
        return;
    }
    if (standing.must_state) {
        state_all(standing.epoch);
        return;
    }
    if (now >= beat_due_) {
        beat_due_ = now + kBeat;
        beat(standing.epoch, now);
    }
    if (standing.phase == Phase::Serving && now >= slices_due_) {
        slices_due_ = now + kSlices;
        hold_slices(standing.epoch, now);
        ledger_.forget_old();
    }
    tell_attempts(standing.epoch);
    send_charges(standing.epoch);
}

void RedisKeeper::run(const RedisScript& script, const std::vector<std::string>& arguments,
                      std::function<void(const RedisReply&)> good, std::function<void()> bad) {
    client_.run(script, ledger_.requests().keys(), arguments, kCommandTime,
                [this, good = std::move(good), bad = std::move(bad)](const RedisAnswer& answer) {
                    const std::string_view verdict = verdict_of(answer);
                    if (verdict == "ok") {
                        good(answer.reply);
                        return;
                    }
                    retry_at_ = steady_now() + kRetry;
                    if (verdict == "epoch") {
                        retry_at_ = {};
                        ledger_.refused();
                    } else if (answer.kind == RedisAnswer::Kind::Replied && std::exchange(told_why_, answer.reply.text) != answer.reply.text) {
                        telemetry::log_error("Redis at " + address_ + " refuses: " + answer.reply.text);
                    }
                    bad();
                });
}

void RedisKeeper::enter(const std::string& identity) {
    if (std::exchange(entering_, true)) {
        return;
    }
    client_.run(LedgerScripts::get().enter, {ledger_.requests().keys().front()}, {drawn_epoch(), identity}, kCommandTime,
                [this, identity](const RedisAnswer& answer) {
                    entering_ = false;
                    const RedisReply& reply = answer.reply;
                    if (answer.is_good() && reply.items.size() == 2) {
                        const SteadyTime now = steady_now();
                        ledger_.entered(identity, reply.items[0].text, Milliseconds(number_at(reply, 1)), now);
                        tend(now);
                        return;
                    }
                    retry_at_ = steady_now() + kRetry;
                    if (answer.kind == RedisAnswer::Kind::Replied && std::exchange(told_why_, reply.text) != reply.text) {
                        telemetry::log_error("Redis at " + address_ + " refuses: " + reply.text);
                    }
                });
}

void RedisKeeper::state_all(const std::string& epoch) {
    if (stating_ > 0) {
        return;
    }
    // Held until everything is sent, so that an early answer does not end it.
    stating_ = 1;
    stating_failed_ = false;
    // Alone, because a script that the server does not know comes after others of its burst.
    run(LedgerScripts::get().forget, ledger_.requests().forget(epoch),
        [this, epoch](const RedisReply&) {
            state_memory(epoch);
            one_stated(epoch, true);
        },
        [this, epoch] { one_stated(epoch, false); });
}

void RedisKeeper::state_memory(const std::string& epoch) {
    const auto failed = [this, epoch] { one_stated(epoch, false); };
    const RedisRequests& requests = ledger_.requests();
    in_batches(ledger_.recollections(), [&](const std::vector<RedisRequests::Recollection>& batch) {
        ++stating_;
        run(LedgerScripts::get().recall, requests.recall(epoch, batch),
            [this, epoch](const RedisReply& reply) {
                ledger_.learn(epoch, budgets_in(reply));
                one_stated(epoch, true);
            },
            failed);
    });
    const RedisLedger::Wishes held = ledger_.slices_held();
    in_batches(held.wishes, [&](const std::vector<BudgetMemory::SliceWish>& batch) {
        ++stating_;
        run(LedgerScripts::get().slice, requests.slice(epoch, ++turn_, true, batch),
            [this, epoch](const RedisReply&) { one_stated(epoch, true); }, failed);
    });
    in_batches(ledger_.to_tell(), [&](const std::vector<OpenAttempt>& batch) {
        ++stating_;
        run(LedgerScripts::get().adopt, requests.adopt(epoch, batch),
            [this, epoch, batch](const RedisReply& reply) {
                ledger_.told(batch, epoch);
                ledger_.learn(epoch, budgets_in(reply));
                one_stated(epoch, true);
            },
            failed);
    });
}

void RedisKeeper::one_stated(const std::string& epoch, bool good) {
    stating_failed_ = stating_failed_ || !good;
    if (--stating_ == 0 && !stating_failed_) {
        ledger_.stated(epoch);
        beat_due_ = {};
        tend(steady_now());
    }
}

void RedisKeeper::beat(const std::string& epoch, SteadyTime now) {
    run(LedgerScripts::get().beat, ledger_.requests().beat(epoch, ledger_.settings().lease, kSettledPerBeat),
        [this, sent = now](const RedisReply& reply) {
            const auto settled = static_cast<std::size_t>(number_at(reply, 3));
            ledger_.leased(sent, number_at(reply, 1) == 1, settled);
            if (settled > 0) {
                telemetry::log_warning("Redis charged " + std::to_string(settled) +
                                       " attempts with their estimates, because their replica ended before it knew their costs.");
            }
            if (settled >= kSettledPerBeat) {
                beat_due_ = {};
            }
        },
        [] {});
    if (++beats_ % 2 == 0) {
        look_at_server();
    }
}

void RedisKeeper::look_at_server() {
    client_.command({"INFO"}, kCommandTime, [this](const RedisAnswer& answer) {
        if (answer.is_good() && client_.is_ready()) {
            ledger_.seen(read_redis_info(answer.reply.text));
        }
    });
}

void RedisKeeper::hold_slices(const std::string& epoch, SteadyTime now) {
    const RedisLedger::Wishes wished = ledger_.wishes(now);
    in_batches(wished.wishes, [&](const std::vector<BudgetMemory::SliceWish>& batch) {
        run(LedgerScripts::get().slice, ledger_.requests().slice(epoch, ++turn_, false, batch),
            [this, epoch, generation = wished.generation](const RedisReply& reply) {
                const std::vector<ServerBudget> told = budgets_in(reply);
                ledger_.hold(told, generation);
                ledger_.learn(epoch, told);
            },
            [] {});
    });
    in_batches(ledger_.questions(now - 2 * kSlices), [&](const std::vector<RedisRequests::Recollection>& batch) {
        run(LedgerScripts::get().recall, ledger_.requests().recall(epoch, batch),
            [this, epoch](const RedisReply& reply) { ledger_.learn(epoch, budgets_in(reply)); }, [] {});
    });
}

void RedisKeeper::tell_attempts(const std::string& epoch) {
    if (telling_) {
        return;
    }
    std::vector<OpenAttempt> attempts = ledger_.to_tell();
    if (attempts.empty()) {
        return;
    }
    if (attempts.size() > kBatch) {
        attempts.resize(kBatch);
    }
    telling_ = true;
    run(LedgerScripts::get().adopt, ledger_.requests().adopt(epoch, attempts),
        [this, attempts, epoch](const RedisReply& reply) {
            telling_ = false;
            ledger_.told(attempts, epoch);
            ledger_.learn(epoch, budgets_in(reply));
            tend(steady_now());
        },
        [this] { telling_ = false; });
}

void RedisKeeper::send_charges(const std::string& epoch) {
    while (batches_ < kBatchesUnderWay && client_.is_ready()) {
        const auto charges = std::make_shared<std::vector<WaitingCharge>>(ledger_.next_charges(kBatch));
        if (charges->empty()) {
            return;
        }
        ++batches_;
        run(LedgerScripts::get().settle, ledger_.requests().settle(epoch, *charges),
            [this, charges, epoch](const RedisReply& reply) {
                --batches_;
                ledger_.charged(*charges, epoch, budgets_in(reply));
                tend(steady_now());
            },
            [this, charges, epoch] {
                --batches_;
                ledger_.not_charged(std::move(*charges), epoch);
            });
    }
}

void RedisKeeper::leave(std::function<void()> left) {
    const std::string epoch = ledger_.standing(steady_now()).epoch;
    if (!client_.is_ready() || epoch.empty()) {
        left();
        return;
    }
    run(LedgerScripts::get().beat, ledger_.requests().beat(epoch, Milliseconds(0), kSettledPerBeat),
        [this, left](const RedisReply& reply) {
            if (static_cast<std::size_t>(number_at(reply, 3)) < kSettledPerBeat) {
                left();
            } else {
                leave(left);
            }
        },
        left);
}

}  // namespace tierway::store
