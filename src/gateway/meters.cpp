#include "gateway/meters.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tierway::gateway {
namespace {

using config::index_of;
using prometheus::Labels;

constexpr std::uint16_t kNone = 0xffff;
constexpr std::size_t kRateLimitKinds = 3;

double seconds(Nanoseconds duration) {
    return static_cast<double>(duration.count()) * 1e-9;
}

std::uint16_t small(std::size_t value) {
    return static_cast<std::uint16_t>(value);
}

/// The handle behind a key, made by `make` the first time.
template <class Map, class Make>
auto& cached(Map& map, const typename Map::key_type& key, Make make) {
    auto found = map.find(key);
    if (found == map.end()) {
        found = map.emplace(key, &make()).first;
    }
    return *found->second;
}

template <class Handle, class Make>
Handle& cached(std::vector<Handle*>& handles, std::size_t index, Make make) {
    if (handles[index] == nullptr) {
        handles[index] = &make();
    }
    return *handles[index];
}

}  // namespace

const char* operation_of(const config::Model& model) noexcept {
    return model.kind == config::ModelKind::Embedding ? "embeddings" : "chat";
}

std::string_view name_of(RequestOutcome outcome) noexcept {
    switch (outcome) {
        case RequestOutcome::Ok:
            return "ok";
        case RequestOutcome::ClientError:
            return "client_error";
        case RequestOutcome::Denied:
            return "denied";
        case RequestOutcome::UpstreamError:
            return "upstream_error";
        case RequestOutcome::ClientGone:
            return "client_gone";
        case RequestOutcome::InternalError:
            return "internal_error";
    }
    return "internal_error";
}

Meters::Meters(telemetry::Metrics& metrics, RuntimePtr runtime)
    : metrics_(metrics),
      runtime_(std::move(runtime)),
      rate_limited_(kRateLimitKinds),
      baselines_(runtime_->snapshot().classes.size()),
      confidences_(runtime_->snapshot().classes.size()),
      first_tokens_(runtime_->snapshot().models.size()),
      attempt_durations_(runtime_->snapshot().models.size()),
      token_errors_(runtime_->snapshot().models.size()),
      token_excesses_(runtime_->snapshot().models.size()),
      overhead_(metrics.overhead.Add({}, telemetry::Metrics::overhead_buckets())),
      rates_unshared_(metrics.rates_unshared.Add({})),
      spans_dropped_(metrics.trace_spans.Add({{"result", "dropped"}})) {
    // What is alerted on is there from the start: a series that is first seen with its first event shows no increase.
    for (const config::Model& model : runtime_->snapshot().models) {
        metrics_.usage_missing.Add({{"model", model.name}});
    }
}

void Meters::count(const Request& request) {
    const config::Snapshot& snapshot = runtime_->snapshot();
    const Outcome& outcome = request.outcome;
    overhead_.Observe(seconds(request.overhead));
    if (outcome.passed_on) {
        count_passed(request);
        return;
    }
    if (!request.plan.classification) {
        if (outcome.error) {
            metrics_.refused.Add({{"code", std::string(outcome.error->code())}}).Increment();
        }
        return;
    }
    const config::ClassId class_id = request.plan.classification->request_class;
    const std::string& class_name = snapshot.request_class(class_id).name;
    const std::uint16_t tier = outcome.tier ? small(index_of(*outcome.tier)) : kNone;
    const std::uint16_t model = outcome.model ? small(index_of(*outcome.model)) : kNone;
    const std::string tier_name = outcome.tier ? snapshot.tier(*outcome.tier).name : "none";
    cached(
        requests_, {small(index_of(class_id)), tier, model, static_cast<std::uint16_t>(request.how)},
        [&]() -> auto& {
            return metrics_.requests.Add({{"class", class_name},
                                          {"tier", tier_name},
                                          {"model", outcome.model ? snapshot.model(*outcome.model).name : "none"},
                                          {"outcome", std::string(name_of(request.how))}});
        })
        .Increment();
    cached(
        durations_, {small(index_of(class_id)), tier, 0, 0},
        [&]() -> auto& {
            return metrics_.duration.Add({{"class", class_name}, {"tier", tier_name}}, telemetry::Metrics::duration_buckets());
        })
        .Observe(seconds(request.duration));
    if (outcome.judgement) {
        cached(
            confidences_, index_of(class_id),
            [&]() -> auto& {
                return metrics_.confidence.Add({{"class", class_name}}, telemetry::Metrics::confidence_buckets());
            })
            .Observe(outcome.judgement->confidence);
    }
    if (request.first_token && outcome.model) {
        cached(
            first_tokens_, index_of(*outcome.model),
            [&]() -> auto& {
                return metrics_.first_token.Add({{"model", snapshot.model(*outcome.model).name}},
                                                telemetry::Metrics::duration_buckets());
            })
            .Observe(seconds(*request.first_token));
    }
    for (const policy::Climb& climb : outcome.climbs) {
        // Climbs are rare and dear; looking the series up costs nothing beside the call they stand for.
        metrics_.escalations
            .Add({{"class", class_name},
                  {"from", snapshot.tier(climb.from).name},
                  {"to", snapshot.tier(climb.to).name},
                  {"reason", std::string(climb.approval.reason)},
                  {"verdict", climb.approval.approved ? "approved" : "denied"}})
            .Increment();
    }
    count_gate(request, class_name);
    count_charges(request);
}

void Meters::count_gate(const Request& request, const std::string& class_name) {
    const policy::GateVerdict verdict = request.plan.gate.verdict;
    if (verdict == policy::GateVerdict::Open) {
        return;
    }
    const std::uint16_t class_index = small(index_of(request.plan.classification->request_class));
    cached(
        gates_, {class_index, static_cast<std::uint16_t>(verdict), 0, 0},
        [&]() -> auto& {
            return metrics_.gate.Add({{"class", class_name}, {"verdict", std::string(policy::name_of(verdict))}});
        })
        .Increment();
    if (request.outcome.attempts_declined > 0) {
        metrics_.gate.Add({{"class", class_name}, {"verdict", "declined"}}).Increment(request.outcome.attempts_declined);
    }
}

void Meters::count_charges(const Request& request) {
    const config::Snapshot& snapshot = runtime_->snapshot();
    const config::ClassId class_id = request.plan.classification->request_class;
    const std::string& class_name = snapshot.request_class(class_id).name;
    for (const ledger::Charge& charge : request.outcome.bill.charges()) {
        count_charge(class_id, charge);
    }
    const Usd baseline = request.outcome.bill.baseline(snapshot);
    if (baseline.nano() > 0) {
        cached(
            baselines_, index_of(class_id),
            [&]() -> auto& {
                return metrics_.baseline_usd.Add({{"class", class_name}});
            })
            .Increment(baseline.to_double());
    }
}

void Meters::count_charge(config::ClassId request_class, const ledger::Charge& charge) {
    const config::Snapshot& snapshot = runtime_->snapshot();
    cached(
        costs_,
        {small(index_of(request_class)), small(index_of(charge.tier)), small(index_of(charge.model)),
         static_cast<std::uint16_t>(charge.purpose)},
        [&]() -> auto& {
            return metrics_.cost_usd.Add({{"class", snapshot.request_class(request_class).name},
                                          {"tier", snapshot.tier(charge.tier).name},
                                          {"model", snapshot.model(charge.model).name},
                                          {"kind", std::string(ledger::name_of(charge.purpose))}});
        })
        .Increment(charge.cost.to_double());
    count_tokens(charge);
}

void Meters::count_shadow(config::ClassId request_class, std::string_view outcome) {
    metrics_.shadows
        .Add({{"class", runtime_->snapshot().request_class(request_class).name}, {"outcome", std::string(outcome)}})
        .Increment();
}

void Meters::count_tokens(const ledger::Charge& charge) {
    const config::Snapshot& snapshot = runtime_->snapshot();
    const std::string& model_name = snapshot.model(charge.model).name;
    if (!ledger::is_known(charge.source)) {
        metrics_.usage_missing.Add({{"model", model_name}}).Increment();
    }
    const std::array<std::pair<const char*, std::int64_t>, 5> kinds{{{"input", charge.usage.prompt},
                                                                     {"output", charge.usage.completion},
                                                                     {"cached", charge.usage.cached},
                                                                     {"cache_write", charge.usage.cache_write},
                                                                     {"reasoning", charge.usage.reasoning}}};
    const std::uint16_t model = small(index_of(charge.model));
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
        if (kinds[kind].second <= 0) {
            continue;
        }
        cached(
            tokens_, {model, small(kind), 0, 0},
            [&]() -> auto& {
                return metrics_.tokens.Add({{"model", model_name}, {"type", kinds[kind].first}});
            })
            .Increment(static_cast<double>(kinds[kind].second));
        if (kind < 2) {
            cached(
                token_sizes_, {model, small(kind), 0, 0},
                [&]() -> auto& {
                    return metrics_.gen_ai_tokens.Add(
                        {{"gen_ai_operation_name", operation_of(snapshot.model(charge.model))},
                         {"gen_ai_provider_name", snapshot.provider(snapshot.model(charge.model).provider).name},
                         {"gen_ai_request_model", snapshot.model(charge.model).upstream_name},
                         {"gen_ai_token_type", kinds[kind].first}},
                        telemetry::Metrics::token_buckets());
                })
                .Observe(static_cast<double>(kinds[kind].second));
        }
    }
}

void Meters::count_overload(Overload reason) {
    metrics_.overload.Add({{"reason", std::string(name_of(reason))}}).Increment();
}

void Meters::count_rate_limited(RateLimitKind limit) {
    cached(
        rate_limited_, static_cast<std::size_t>(limit),
        [&]() -> auto& { return metrics_.rate_limited.Add({{"limit", std::string(name_of(limit))}}); })
        .Increment();
}

void Meters::count_limited(config::ModelId model, RateLimitKind limit) {
    cached(
        limited_, {small(index_of(model)), static_cast<std::uint16_t>(limit), 0, 0},
        [&]() -> auto& {
            return metrics_.upstream_limited.Add(
                {{"model", runtime_->snapshot().model(model).name}, {"limit", std::string(name_of(limit))}});
        })
        .Increment();
}

void Meters::count_fallback(config::ModelId from, config::ModelId to, std::string_view reason) {
    const config::Snapshot& snapshot = runtime_->snapshot();
    metrics_.fallbacks
        .Add({{"from", snapshot.model(from).name}, {"to", snapshot.model(to).name}, {"reason", std::string(reason)}})
        .Increment();
}

void Meters::count_malformed_events(config::ModelId model, unsigned count) {
    if (count > 0) {
        metrics_.malformed_events.Add({{"model", runtime_->snapshot().model(model).name}}).Increment(count);
    }
}

void Meters::count_failure(config::ModelId model, std::string_view code) {
    metrics_.attempt_failures.Add({{"model", runtime_->snapshot().model(model).name}, {"code", std::string(code)}}).Increment();
}

void Meters::count_attempt_duration(config::ModelId model, Nanoseconds duration) {
    const config::Snapshot& snapshot = runtime_->snapshot();
    cached(
        attempt_durations_, index_of(model),
        [&]() -> auto& {
            return metrics_.gen_ai_duration.Add({{"gen_ai_operation_name", operation_of(snapshot.model(model))},
                                                 {"gen_ai_provider_name", snapshot.provider(snapshot.model(model).provider).name},
                                                 {"gen_ai_request_model", snapshot.model(model).upstream_name}},
                                                telemetry::Metrics::duration_buckets());
        })
        .Observe(seconds(duration));
}

void Meters::count_opinion(config::ClassId request_class, cascade::SignalKind signal, std::string_view outcome) {
    // Each stands for a call to a provider: looking the series up costs nothing beside it.
    metrics_.opinions
        .Add({{"class", runtime_->snapshot().request_class(request_class).name},
              {"signal", std::string(cascade::name_of(signal))},
              {"outcome", std::string(outcome)}})
        .Increment();
}

void Meters::count_token_estimate(config::ModelId model, const ledger::PromptTokens& guessed, std::int64_t reported) {
    const auto labels = [&] { return Labels{{"model", runtime_->snapshot().model(model).name}}; };
    cached(
        token_errors_,
        index_of(model), [&]() -> auto& { return metrics_.token_error.Add(labels(), telemetry::Metrics::ratio_buckets()); })
        .Observe(static_cast<double>(reported) / static_cast<double>(std::max<std::int64_t>(guessed.expected, 1)));
    auto& excess = cached(
        token_excesses_, index_of(model), [&]() -> auto& { return metrics_.token_excess.Add(labels()); });
    if (reported > guessed.at_most) {
        excess.Increment();
    }
}

}  // namespace tierway::gateway
