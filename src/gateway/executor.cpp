#include "gateway/executor.hpp"

#include <utility>

#include "gateway/chance.hpp"
#include "gateway/ledger_entries.hpp"
#include "gateway/redaction.hpp"
#include "gateway/token_demand.hpp"

namespace tierway::gateway {
namespace {

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

Executor::Executor(RequestContext& context)
    : context_(context),
      client_(context),
      opinions_(context),
      machine_(context.snapshot(), context.runtime->health(), token_demand(context.snapshot(), context.plan())) {}

net::Task<> Executor::run() {
    if (context_.plan().request.stream) {
        client_.arm_keepalive();
    }
    context_.exchange.on_client_gone([this] { context_.cancel_calls(false); });
    const policy::Route& route = *context_.plan().route;
    Answer* answer = &context_.scratch.answer;
    auto tried = co_await ask_tier(route.tier, route.targets, route.cascade.has_value(), *answer);
    if (!tried) {
        co_await opinions_.end();
    }
    if (tried && route.cascade) {
        tried = co_await decide(answer);
    } else if (!tried && route.stand_in && !client_.committed() && tried.error().kind() != ErrorKind::ClientGone) {
        Error failed = tried.error();
        tried = co_await stand_in(std::move(failed), *answer);
    } else if (!tried && route.when_down && end_reason_) {
        Error down = tried.error();
        tried = co_await climb_when_down(std::move(down), *answer);
    }
    client_.disarm_keepalive();
    if (tried) {
        co_await client_.send(*answer);
        if (route.cascade) {
            context_.shadow.consider(context_, context_.scratch.answer, answer == &context_.scratch.answer);
        } else if (route.stand_in && answer->tier == route.tier) {
            context_.shadow.count_undrafted(context_);
        }
    } else {
        Error failed = tried.error();
        context_.outcome.delivered = &delivered_;
        co_await client_.send_error(std::move(failed));
        context_.outcome.delivered = nullptr;
    }
    context_.exchange.on_client_gone({});
}

net::Task<Result<void>> Executor::ask_tier(config::TierId tier, const std::vector<config::ModelId>& targets, bool judged,
                                           Answer& answer) {
    Outcome& outcome = context_.outcome;
    end_reason_.reset();
    machine_.begin_tier(targets);
    limited_noted_ = 0;
    std::optional<config::ModelId> before;
    while (true) {
        const upstream::Step step = machine_.next(now());
        const bool asks = step.kind == upstream::Step::Kind::Ask;
        if (must_end()) {
            if (asks) {
                machine_.withdrawn(now());
            }
            co_return Error::client_gone();
        }
        const Usd estimate = asks ? decision::attempt_estimate(context_.snapshot(), step.model, context_.plan()) : Usd();
        if (asks && !may_cost(estimate)) {
            machine_.declined(now());
            ++outcome.attempts_declined;
            continue;
        }
        note_limited(asks ? std::optional(step.model) : std::nullopt);
        if (step.kind == upstream::Step::Kind::End) {
            const upstream::Ending ending = machine_.ending(now());
            outcome.retry_after = ending.retry_after;
            end_reason_ = ending.reason;
            co_return ending.error;
        }
        if (step.kind == upstream::Step::Kind::Wait) {
            const SteadyTime since = now();
            co_await context_.exchange.pause(step.wait);
            outcome.upstream_wait += now() - since;
            continue;
        }
        if (before && *before != step.model) {
            ++outcome.fallbacks;
            context_.meters.count_fallback(*before, step.model, outcome.attempt_error_code);
        }
        before = step.model;
        answer.begin(step.model, tier);
        attempt_number_ = ++outcome.attempts_opened;
        if (context_.ledger.keeps()) {
            auto reserved = co_await reserve(tier, step.model, estimate);
            if (!reserved) {
                co_return reserved;
            }
        }
        if (judged) {
            opinions_.ask_second(estimate);
        }
        auto attempted = co_await attempt(answer, judged);
        if (attempted || attempted.error().kind() == ErrorKind::ClientGone) {
            co_return attempted;
        }
        if (client_.committed()) {
            // What was sent cannot be taken back: only a continuation of it can help.
            Error broken = attempted.error();
            auto continued = co_await continue_elsewhere(std::move(broken), tier, targets, answer);
            co_return continued;
        }
    }
}

net::Task<Result<void>> Executor::reserve(config::TierId tier, config::ModelId model, Usd estimate) {
    const config::Snapshot& snapshot = context_.snapshot();
    ledger::AttemptOpening opening = attempt_opening(context_, attempt_number_, tier, model, estimate);
    auto reserved = co_await context_.ledger.open(std::move(opening), snapshot.store.wait_max);
    if (reserved && must_end()) {
        context_.ledger.release_newest();
        machine_.withdrawn(now());
        co_return Error::client_gone();
    }
    if (!reserved) {
        machine_.withdrawn(now());
    }
    context_.outcome.budget_left = context_.ledger.left();
    co_return reserved;
}

net::Task<Result<void>> Executor::attempt(Answer& answer, bool judged) {
    ++context_.outcome.attempts;
    UpstreamCall call(context_, answer.model, judged, prefill_);
    auto ended = co_await call.open();
    if (!ended) {
        const Error failed = without_secret(ended.error(), credential(call));
        ended = failed;
        charge(answer.tier, call, nullptr, 0, &failed);
    } else if (context_.plan().request.stream) {
        ended = co_await read_stream(call, judged, answer);
    } else {
        ended = co_await read_whole(call, judged, answer);
    }
    const SteadyTime ended_at = now();
    context_.meters.count_attempt_duration(answer.model, ended_at - call.began_at());
    note_end(answer, ended, call.retry_after(), ended_at);
    co_return ended;
}

void Executor::note_limited(std::optional<config::ModelId> asked) {
    for (const auto limited = machine_.limited(); limited_noted_ < limited.size(); ++limited_noted_) {
        const auto [model, limit] = limited[limited_noted_];
        context_.outcome.passed_over.push_back({model, reason_of(limit)});
        context_.meters.count_limited(model, limit);
        if (asked && *asked != model) {
            ++context_.outcome.fallbacks;
            context_.meters.count_fallback(model, *asked, reason_of(limit));
        }
    }
}

void Executor::note_end(const Answer& answer, const Result<void>& ended, std::optional<Milliseconds> retry_after,
                        SteadyTime ended_at) {
    const TokensUsed used = tokens_used(context_.outcome.bill.charges().back());
    machine_.used(used.tokens, used.known, ended_at);
    if (ended) {
        machine_.succeeded(ended_at);
        return;
    }
    context_.outcome.attempt_error_code = ended.error().code();
    if (ended.error().kind() != ErrorKind::ClientGone) {
        machine_.failed(ended.error(), retry_after, ended_at, chance());
        context_.meters.count_failure(answer.model, ended.error().code());
    }
}

net::Task<Result<void>> Executor::decide(Answer*& answer) {
    const Answer& draft = *answer;
    const decision::Plan& plan = context_.plan();
    const policy::CascadePlan& cascade = *plan.route->cascade;
    Outcome& outcome = context_.outcome;
    decision::DraftVerdict verdict = co_await opinions_.judge(draft);
    outcome.judgement = std::move(verdict.judgement);
    outcome.judged_charge = draft.charge;
    outcome.draft_wanting = verdict.wants_better;
    if (!verdict.wants_better || must_end()) {
        co_return Result<void>();
    }
    if (!approves(cascade.to, cascade.targets, policy::ClimbReason::LowConfidence)) {
        if (context_.snapshot().request_class(plan.route->request_class).on_denied == config::OnDenied::Reject) {
            outcome.bill.set_purpose(draft.charge, ledger::Purpose::Draft);
            co_return Error::downstream(
                ErrorKind::EscalationDenied, "escalation_not_approved",
                "The answer of the bound tier is not good enough, and the policy does not approve a higher one (" +
                    std::string(outcome.escalation_reason) + ").");
        }
        co_return Result<void>();
    }
    // Whose answer this becomes is not known before the higher tier has answered.
    Answer& better = context_.scratch.better_answer;
    auto tried = co_await ask_tier(cascade.to, cascade.targets, false, better);
    if (tried || client_.committed() || tried.error().kind() == ErrorKind::ClientGone) {
        outcome.bill.set_purpose(draft.charge, ledger::Purpose::Draft);
        answer = &better;
        co_return tried;
    }
    // The judged draft is better than an error.
    note_fruitless_climb(tried.error());
    context_.relayed_headers = draft.relayed_headers;
    co_return Result<void>();
}

net::Task<Result<void>> Executor::climb_when_down(Error down, Answer& answer) {
    const policy::Route& route = *context_.plan().route;
    // A refusal concerns the request, not the tier.
    if (*end_reason_ == upstream::EndReason::Refused ||
        !approves(route.when_down->tier, route.when_down->targets, policy::ClimbReason::TierDown)) {
        co_return down;
    }
    auto tried = co_await ask_tier(route.when_down->tier, route.when_down->targets, false, answer);
    if (!tried && tried.error().kind() == ErrorKind::BudgetExceeded) {
        note_unpaid_climb(tried.error());
        co_return down;
    }
    co_return tried;
}

net::Task<Result<void>> Executor::stand_in(Error failed, Answer& answer) {
    const policy::TierTargets& below = *context_.plan().route->stand_in;
    auto tried = co_await ask_tier(below.tier, below.targets, false, answer);
    if (!tried && !client_.committed() && tried.error().kind() != ErrorKind::ClientGone) {
        co_return failed;
    }
    note_fruitless_climb(failed);
    co_return tried;
}

void Executor::note_fruitless_climb(const Error& failed) {
    if (failed.kind() == ErrorKind::BudgetExceeded) {
        note_unpaid_climb(failed);
    } else {
        context_.outcome.escalation_reason = "higher_tier_failed";
    }
}

void Executor::note_unpaid_climb(const Error& refused) {
    context_.outcome.escalation = "denied";
    context_.outcome.escalation_reason = refused.code();
}

bool Executor::must_end() const {
    return context_.exchange.client_gone() || context_.exchange.shutting_down();
}

bool Executor::may_cost(Usd estimate) const {
    const std::optional<Usd>& ceiling = context_.plan().gate.ceiling;
    return !ceiling || context_.outcome.bill.total() + opinions_.under_way() + estimate <= *ceiling;
}

bool Executor::approves(config::TierId to, const std::vector<config::ModelId>& targets, policy::ClimbReason why) {
    policy::Climb climb = decision::ask_to_climb(context_.snapshot(), context_.plan(), to, targets, why, context_.outcome.bill.total(),
                                                 &context_.runtime->quotas(), now());
    const bool approved = climb.approval.approved;
    context_.outcome.ask(std::move(climb));
    return approved;
}

}  // namespace tierway::gateway
