#include "tierway/store/redis_rates.hpp"

#include <chrono>
#include <map>
#include <utility>

#include "store/rate_scripts.hpp"
#include "store/redis_requests.hpp"
#include "tierway/net/worker.hpp"

namespace tierway::store {
namespace {

using ledger::SharedRateAnswer;
using ledger::SharedRateClaim;

constexpr int kRenewalsInALease = 3;
/// Of the requests of one scope that are renewed at once; scripts must end soon.
constexpr std::size_t kRenewedAtOnceMax = 500;

RedisScript whole(std::string_view own) {
    std::string text(lua_rate_common());
    text += own;
    return RedisScript(std::move(text));
}

void append_limit(std::vector<std::string>& words, const std::optional<RateLimit>& limit) {
    words.push_back(limit ? std::to_string(limit->per_minute) : "0");
    words.push_back(limit ? std::to_string(limit->burst) : "0");
}

std::vector<std::string> words_of(const SharedRateClaim& claim, Milliseconds lease) {
    std::vector<std::string> words{claim.request, std::to_string(claim.tokens)};
    append_limit(words, claim.limits.requests);
    append_limit(words, claim.limits.tokens);
    words.push_back(std::to_string(claim.limits.concurrent.value_or(0)));
    words.push_back(std::to_string(lease.count()));
    words.push_back(std::to_string(std::chrono::microseconds(RateCounters::kPlaceWait).count()));
    return words;
}

std::optional<RateLevel> level_at(const RedisReply& reply, std::size_t position, const std::optional<RateLimit>& limit) {
    if (!limit) {
        return std::nullopt;
    }
    return RateLevel{.limit = limit->per_minute,
                     .remaining = number_at(reply, position),
                     .reset = std::chrono::microseconds(number_at(reply, position + 1))};
}

std::optional<RateLimitKind> limit_named(std::string_view verdict) {
    for (const RateLimitKind kind : {RateLimitKind::Requests, RateLimitKind::Tokens, RateLimitKind::Concurrent}) {
        if (verdict == name_of(kind)) {
            return kind;
        }
    }
    return std::nullopt;
}

SharedRateAnswer read_answer(const RedisAnswer& answer, const RateLimits& limits) {
    SharedRateAnswer read;
    const std::string_view verdict = verdict_of(answer);
    read.refused_by = limit_named(verdict);
    if (verdict != "granted" && !read.refused_by) {
        return read;
    }
    read.kind = read.refused_by ? SharedRateAnswer::Kind::Refused : SharedRateAnswer::Kind::Granted;
    read.wait = std::chrono::microseconds(number_at(answer.reply, 1));
    read.levels = {level_at(answer.reply, 2, limits.requests), level_at(answer.reply, 4, limits.tokens)};
    return read;
}

}  // namespace

const RateScripts& RateScripts::get() {
    static const RateScripts kScripts{.ask = whole(lua_rate_ask()), .end = whole(lua_rate_end()), .renew = whole(lua_rate_renew())};
    return kScripts;
}

RedisRates::RedisRates(net::Worker& worker, RedisClient& client, RedisRatesSettings settings)
    : client_(client), settings_(std::move(settings)), renewed_at_(std::chrono::steady_clock::now()) {
    worker.sweep().add(*this);
}

std::vector<std::string> RedisRates::keys_of(const std::string& scope) const {
    return {settings_.key_prefix + "rate:" + scope, settings_.key_prefix + "places:" + scope};
}

void RedisRates::ask(const SharedRateClaim& claim, std::function<void(const SharedRateAnswer&)> answered) {
    if (claim.limits.concurrent) {
        places_->emplace(claim.request, claim.scope);
    }
    client_.run(RateScripts::get().ask, keys_of(claim.scope), words_of(claim, settings_.lease), settings_.time,
                [places = places_, request = claim.request, limits = claim.limits, answered = std::move(answered)](const RedisAnswer& answer) {
                    const SharedRateAnswer read = read_answer(answer, limits);
                    if (answer.kind == RedisAnswer::Kind::NotSent || read.kind == SharedRateAnswer::Kind::Refused) {
                        places->erase(request);
                    }
                    answered(read);
                });
}

void RedisRates::end(const SharedRateClaim& claim, std::int64_t difference) {
    places_->erase(claim.request);
    const std::int64_t per_minute = claim.limits.tokens ? claim.limits.tokens->per_minute : 0;
    if (!claim.limits.concurrent && (difference == 0 || per_minute == 0)) {
        return;
    }
    client_.run(RateScripts::get().end, keys_of(claim.scope),
                {claim.request, std::to_string(difference), std::to_string(per_minute)}, settings_.time, [](const RedisAnswer&) {});
}

void RedisRates::on_sweep(SteadyTime now) {
    if (now - renewed_at_ < settings_.lease / kRenewalsInALease) {
        return;
    }
    renewed_at_ = now;
    std::map<std::string, std::vector<std::string>> by_scope;
    const auto renew = [this](const std::string& scope, std::vector<std::string> words) {
        client_.run(RateScripts::get().renew, keys_of(scope), words, settings_.time, [](const RedisAnswer&) {});
    };
    for (const auto& [request, scope] : *places_) {
        std::vector<std::string>& words = by_scope[scope];
        if (words.empty()) {
            words.push_back(std::to_string(settings_.lease.count()));
        }
        words.push_back(request);
        if (words.size() > kRenewedAtOnceMax) {
            renew(scope, std::exchange(words, {}));
        }
    }
    for (auto& [scope, words] : by_scope) {
        if (!words.empty()) {
            renew(scope, std::move(words));
        }
    }
}

}  // namespace tierway::store
