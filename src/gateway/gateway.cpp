#include "tierway/gateway/gateway.hpp"

#include <array>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "gateway/endpoint.hpp"
#include "gateway/error_answer.hpp"
#include "gateway/executor.hpp"
#include "gateway/meters.hpp"
#include "gateway/passing/pass_through.hpp"
#include "gateway/passing/pass_through_rules.hpp"
#include "gateway/plain_answers.hpp"
#include "gateway/request_context.hpp"
#include "gateway/request_planning.hpp"
#include "gateway/runtime.hpp"
#include "gateway/settlement.hpp"
#include "gateway/token_demand.hpp"
#include "tierway/policy/identification.hpp"
#include "tierway/telemetry/log.hpp"

namespace tierway::gateway {
namespace {

/// Spare sets of request memory that a worker keeps.
constexpr std::size_t kSpareScratchesMax = 64;

void note_climbs(RequestContext& context) {
    for (policy::Climb& climb : context.plan().climbs) {
        context.outcome.ask(std::move(climb));
    }
    context.plan().climbs.clear();
}

/// The gate's last part: whether the request's key may go on now.
net::Task<Result<void>> admit_by_rate(RequestContext& context, TokenDemand demand) {
    const RateAdmission::Request request{*context.plan().principal, context.id.view(), demand, context.snapshot().store.wait_max};
    auto admitted = co_await context.rate.ask(context.runtime->rates(), request);
    if (context.rate.shared_is_silent()) {
        context.meters.count_rate_unshared();
    }
    if (const auto limit = context.rate.refused_by()) {
        context.meters.count_rate_limited(*limit);
        context.outcome.retry_after = context.rate.wait();
    }
    co_return admitted;
}

Error overloaded(Overload reason) {
    return {ErrorKind::Overloaded, ErrorSource::Internal, "overloaded",
            reason == Overload::Memory ? "The gateway is short of memory. Send the request again later."
                                       : "The gateway has as many requests under way as it may. Send the request again later."};
}

Error method_not_allowed(std::string_view allowed, std::string_view path) {
    return Error::downstream(ErrorKind::MethodNotAllowed, "method_not_allowed",
                             "Use " + std::string(allowed) + " for `" + std::string(path.substr(0, 128)) + "`.");
}

net::Task<> answer_overload(RequestContext& context, Overload reason) {
    context.meters.count_overload(reason);
    Error refused = overloaded(reason);
    co_await answer_error(context, std::move(refused), false);
}

net::Task<> answer_request(RequestContext& context, LoadLimiter& load, config::ModelKind kind) {
    const LoadLimiter::Admission admission(load);
    if (admission.refused()) {
        const Overload reason = *admission.refused();
        co_await answer_overload(context, reason);
        co_return;
    }
    auto planned = plan_request(context, kind);
    note_climbs(context);
    if (planned && context.plan().principal->limits.any()) {
        const TokenDemand demand = token_demand(context.snapshot(), context.plan());
        planned = co_await admit_by_rate(context, demand);
    }
    if (planned) {
        Executor executor(context);
        co_await executor.run();
    } else {
        Error refused = planned.error();
        co_await answer_error(context, std::move(refused), false);
    }
}

net::Task<> answer_passed(RequestContext& context, LoadLimiter& load, std::string_view path) {
    const LoadLimiter::Admission admission(load);
    if (admission.refused()) {
        const Overload reason = *admission.refused();
        co_await answer_overload(context, reason);
        co_return;
    }
    const auto provider = pass_through_provider(context.snapshot(), *context.plan().principal);
    Result<void> admitted = provider ? Result<void>() : Result<void>(provider.error());
    if (admitted && context.plan().principal->limits.any()) {
        // How many tokens it takes is known afterwards, if at all.
        admitted = co_await admit_by_rate(context, TokenDemand(0));
    }
    if (!admitted) {
        Error refused = admitted.error();
        co_await answer_error(context, std::move(refused), false);
        co_return;
    }
    PassThrough passing(context, *path_that_passes(context.snapshot(), path), *provider);
    co_await passing.run();
}

/// Phase 3: who asks. Before anything of the body is looked at.
Result<void> identify(RequestContext& context) {
    const auto principal = policy::identify(context.snapshot(), context.exchange.fields(), context.wall_time);
    if (!principal) {
        return principal.error();
    }
    context.plan().principal = *principal;
    return {};
}

/// Of the gateway's own paths and of those that pass as they are.
Routed route(const config::Snapshot& snapshot, std::string_view method, std::string_view path) {
    const Routed own = route_path(method, path);
    if (own.endpoint != Endpoint::Unknown || !path_that_passes(snapshot, path)) {
        return own;
    }
    const bool passes = method == "GET" || method == "POST" || method == "DELETE";
    return {Endpoint::PassThrough, passes ? method : "GET, POST or DELETE"};
}

/// Who answers. Not a coroutine itself: every request passes here, and each coroutine has a frame to make.
net::Task<> answer(RequestContext& context, LoadLimiter& load) {
    const net::Exchange& exchange = context.exchange;
    context.plan().reset();
    const std::string_view path = path_of(exchange.target());
    const Routed routed = route(context.snapshot(), exchange.method(), path);
    const bool anthropic = !exchange.fields().get("anthropic-version").empty();
    context.door().begin(door_of(routed.endpoint, anthropic), exchange.body());
    if (exchange.receive_error()) {
        return answer_error(context, *exchange.receive_error(), false);
    }
    if (routed.endpoint == Endpoint::Unknown) {
        return answer_error(context, no_such_path(path), false);
    }
    if (exchange.method() != routed.allowed_method) {
        return answer_error(context, method_not_allowed(routed.allowed_method, path), false);
    }
    if (routed.endpoint == Endpoint::Probe) {
        return answer_probe(context);
    }
    if (auto identified = identify(context); !identified) {
        return answer_error(context, identified.error(), false);
    }
    switch (routed.endpoint) {
        case Endpoint::Embeddings:
            return answer_request(context, load, config::ModelKind::Embedding);
        case Endpoint::PassThrough:
            return answer_passed(context, load, path);
        case Endpoint::CountTokens:
            return answer_token_count(context);
        case Endpoint::Models:
            return answer_models(context);
        case Endpoint::Model:
            return answer_model(context, path);
        default:
            return answer_request(context, load, config::ModelKind::Chat);
    }
}

}  // namespace

struct Gateway::State {
    RuntimePtr runtime;
    LoadLimiter& load;
    ledger::Store& store;
    ledger::SharedRates* shared_rates;
    telemetry::Metrics& metrics;
    telemetry::DecisionLog& decisions;
    telemetry::LineLog& audit;
    ShadowDesk shadow;
    telemetry::SpanQueue& spans;
    std::size_t worker_index;
    std::shared_ptr<Meters> meters;
    RequestIdSource ids;
    telemetry::TraceIdSource trace_ids;
    std::vector<std::unique_ptr<Scratch>> spare;
};

/// A set of request memory, given back when the request ends, however it ends.
class Gateway::ScratchLease {
public:
    explicit ScratchLease(State& state) : state_(state) {
        if (state.spare.empty()) {
            scratch_ = std::make_unique<Scratch>();
        } else {
            scratch_ = std::move(state.spare.back());
            state.spare.pop_back();
        }
    }
    ~ScratchLease() {
        scratch_->end_request();
        if (state_.spare.size() < kSpareScratchesMax) {
            state_.spare.push_back(std::move(scratch_));
        }
    }
    ScratchLease(const ScratchLease&) = delete;
    ScratchLease& operator=(const ScratchLease&) = delete;

    Scratch& operator*() { return *scratch_; }

private:
    State& state_;
    std::unique_ptr<Scratch> scratch_;
};

Result<RuntimeHandle> make_runtime(config::SnapshotPtr snapshot, const RuntimeHandle& previous) {
    return Runtime::make(std::move(snapshot), previous.get());
}

Gateway::Gateway(RuntimeHandle runtime, LoadLimiter& load, ledger::Store& store, ledger::SharedRates* shared_rates,
                 telemetry::Metrics& metrics, telemetry::DecisionLog& decisions, telemetry::LineLog& audit,
                 telemetry::LineLog& shadow_rows, telemetry::SpanQueue& spans, std::size_t worker_index)
    : state_(new State{runtime,
                       load,
                       store,
                       shared_rates,
                       metrics,
                       decisions,
                       audit,
                       {store, shadow_rows},
                       spans,
                       worker_index,
                       std::make_shared<Meters>(metrics, runtime),
                       RequestIdSource(),
                       telemetry::TraceIdSource(),
                       {}}) {}

Gateway::~Gateway() = default;

void Gateway::stop_shadows() {
    state_->shadow.stop();
}

void Gateway::adopt(RuntimeHandle runtime) {
    state_->meters = std::make_shared<Meters>(state_->metrics, runtime);
    state_->runtime = std::move(runtime);
}

std::optional<std::size_t> Gateway::body_in_parts_max(std::string_view target) const {
    const config::Snapshot& snapshot = state_->runtime->snapshot();
    return path_that_passes(snapshot, path_of(target)) ? std::optional(snapshot.pass_through->body_bytes_max) : std::nullopt;
}

net::Task<> Gateway::handle(net::Exchange& exchange) {
    State& state = *state_;
    // Held for the whole request, and longer than what refers to it: a reload replaces what the state points to.
    const RuntimePtr runtime = state.runtime;
    const std::shared_ptr<Meters> meters = state.meters;
    ScratchLease scratch(state);
    const WallTime wall_time = std::chrono::system_clock::now();
    const auto unix_milliseconds = std::chrono::duration_cast<Milliseconds>(wall_time.time_since_epoch()).count();
    const RequestId id = state.ids.next(static_cast<std::uint64_t>(unix_milliseconds));
    const config::Snapshot& snapshot = runtime->snapshot();
    const bool keeps_spending = snapshot.store.kind != config::Store::Kind::Memory || !snapshot.budgets.empty();
    RequestContext context{exchange,
                           runtime,
                           *meters,
                           *scratch,
                           id,
                           wall_time,
                           {keeps_spending ? &state.store : nullptr, exchange.worker()},
                           {state.shared_rates, exchange.worker()},
                           state.shadow,
                           RequestTrace(snapshot.tracing, exchange.fields(), state.trace_ids)};
    exchange.on_shutdown([&context] { context.cancel_calls(true); });
    std::exception_ptr fault;
    try {
        co_await answer(context, state.load);
    } catch (...) {
        fault = std::current_exception();
    }
    if (fault) {
        // Exceptions are bugs of ours on the request path. The client learns as much, and the record is written all the same.
        telemetry::log_exception("A request ended by an exception", fault, context.log_subject());
        Error internal = Error::internal("The gateway failed on this request. It has been logged.");
        co_await answer_error(context, std::move(internal), exchange.head_sent());
    }
    settle(context, {state.decisions, state.audit, state.spans, state.worker_index});
}

}  // namespace tierway::gateway
