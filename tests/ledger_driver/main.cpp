// Spends from a ledger file as gateways do: many threads open attempts and settle them. Says on standard output what the store
// promised it, a line each, so that a test can kill it at any point and then hold the file to that:
//   granted ATTEMPT ESTIMATE     the opening is on record
//   settled ATTEMPT COST         the settlement is on record
//   done GRANTED REFUSED UNAVAILABLE PAIRS_PER_SECOND OPEN_P50_US OPEN_P99_US

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tierway/store/sqlite_store.hpp"

namespace {

using namespace tierway;
using Kind = ledger::OpeningResult::Kind;
using Clock = std::chrono::steady_clock;

struct Options {
    std::string file;
    std::string name;
    std::string durability = "full";
    int threads = 8;
    int attempts = 100;
    std::int64_t limit_nano = 1'000'000'000'000;
    std::int64_t estimate_nano = 1'000;
    std::int64_t cost_max_nano = 1'000;
    int lease_ms = 1'000;
    int open_timeout_ms = 30'000;
    int hold_ms = 0;
    bool acknowledge = false;
    bool quiet = false;
};

struct Tally {
    std::atomic<std::int64_t> granted = 0;
    std::atomic<std::int64_t> refused = 0;
    std::atomic<std::int64_t> unavailable = 0;
    std::mutex mutex;
    std::vector<std::int64_t> open_us;
};

/// In one piece, and at once: what was said before a sudden death is there in full.
void say(const std::string& line) {
    const std::string text = line + "\n";
    if (write(STDOUT_FILENO, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        std::_Exit(3);
    }
}

ledger::OpeningResult open(store::SqliteStore& store, ledger::AttemptOpening opening) {
    const auto answer = std::make_shared<std::promise<ledger::OpeningResult>>();
    std::future<ledger::OpeningResult> arrival = answer->get_future();
    store.open(std::move(opening), [answer](const ledger::OpeningResult& result) { answer->set_value(result); });
    return arrival.get();
}

ledger::AttemptOpening opening_of(const Options& options, const std::string& attempt) {
    const WallTime now = std::chrono::system_clock::now();
    const WindowSpan month = window_at(Window::Month, TimeZone(), now);
    ledger::AttemptOpening opening;
    opening.attempt = attempt;
    opening.at = now;
    opening.principal = options.name;
    opening.team = "team";
    opening.request_class = "chat";
    opening.tier = "small";
    opening.model = "sim/small";
    opening.prices = "test";
    opening.estimate = Usd::from_nano(options.estimate_nano);
    opening.budgets = {
        {.scope = "total/month", .span = month, .limit = Usd::from_nano(options.limit_nano), .hard = true},
        {.scope = "key:" + options.name + "/month", .span = month, .limit = Usd::from_nano(options.limit_nano), .hard = true}};
    return opening;
}

void spend(store::SqliteStore& store, const Options& options, int thread, Tally& tally) {
    std::vector<std::int64_t> open_us;
    for (int i = 0; i < options.attempts; ++i) {
        const std::string attempt = options.name + "-" + std::to_string(thread) + "-" + std::to_string(i);
        const Clock::time_point began = Clock::now();
        const ledger::OpeningResult result = open(store, opening_of(options, attempt));
        open_us.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began).count());
        if (result.kind != Kind::Granted) {
            ++(result.kind == Kind::OverBudget ? tally.refused : tally.unavailable);
            continue;
        }
        ++tally.granted;
        if (!options.quiet) {
            say("granted " + attempt + " " + std::to_string(options.estimate_nano));
        }
        std::this_thread::sleep_for(Milliseconds(options.hold_ms));
        ledger::AttemptSettlement settlement;
        settlement.attempt = attempt;
        settlement.source = ledger::UsageSource::Provider;
        settlement.usage = {.prompt = 10, .completion = 5};
        settlement.cost = Usd::from_nano((thread * 7'919 + i * 104'729) % (options.cost_max_nano + 1));
        settlement.outcome = "ok";
        const std::string cost = std::to_string(settlement.cost.nano());
        store.settle({settlement});
        if (options.acknowledge && store.flush(std::chrono::minutes(1))) {
            say("settled " + attempt + " " + cost);
        }
    }
    const std::lock_guard lock(tally.mutex);
    tally.open_us.insert(tally.open_us.end(), open_us.begin(), open_us.end());
}

std::int64_t quantile(const std::vector<std::int64_t>& sorted, double part) {
    return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

int drive(const Options& options) {
    store::SqliteStoreSettings settings;
    settings.durability = options.durability == "full" ? store::Durability::Full : store::Durability::Normal;
    settings.lease = Milliseconds(options.lease_ms);
    settings.open_timeout = Milliseconds(options.open_timeout_ms);
    settings.lock_timeout = Milliseconds(options.open_timeout_ms);
    Result<std::unique_ptr<store::SqliteStore>> store = store::SqliteStore::at(options.file, settings);
    if (!store) {
        std::cerr << store.error().message() << '\n';
        return 1;
    }
    Tally tally;
    const Clock::time_point began = Clock::now();
    std::vector<std::thread> threads;
    for (int thread = 0; thread < options.threads; ++thread) {
        threads.emplace_back([&, thread] { spend(**store, options, thread, tally); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    const bool flushed = (*store)->flush(std::chrono::minutes(1));
    const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    std::sort(tally.open_us.begin(), tally.open_us.end());
    say("done " + std::to_string(tally.granted) + " " + std::to_string(tally.refused) + " " + std::to_string(tally.unavailable) +
        " " + std::to_string(static_cast<std::int64_t>(static_cast<double>(tally.granted) / seconds)) + " " +
        std::to_string(quantile(tally.open_us, 0.5)) + " " + std::to_string(quantile(tally.open_us, 0.99)));
    return flushed ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Spends from a ledger file.");
    app.add_option("file", options.file)->required();
    app.add_option("name", options.name, "unlike that of every other run on this file")->required();
    app.add_option("--durability", options.durability)->check(CLI::IsMember({"full", "normal"}));
    app.add_option("--threads", options.threads);
    app.add_option("--attempts", options.attempts, "of each thread");
    app.add_option("--limit-nano", options.limit_nano);
    app.add_option("--estimate-nano", options.estimate_nano);
    app.add_option("--cost-max-nano", options.cost_max_nano);
    app.add_option("--lease-ms", options.lease_ms);
    app.add_option("--open-timeout-ms", options.open_timeout_ms);
    app.add_option("--hold-ms", options.hold_ms, "between the opening of an attempt and its settlement");
    app.add_flag("--acknowledge", options.acknowledge, "wait for each settlement, and say so");
    app.add_flag("--quiet", options.quiet, "say only the end");
    CLI11_PARSE(app, argc, argv);
    return drive(options);
}
