#include "gateway/opinion_collector.hpp"

#include <chrono>
#include <utility>

#include "gateway/ledger_entries.hpp"
#include "tierway/cascade/verifier_prompt.hpp"
#include "tierway/dialect/opinion_request.hpp"
#include "tierway/dialect/token_estimate.hpp"
#include "tierway/ledger/cost.hpp"

namespace tierway::gateway {
namespace {

using cascade::SignalKind;

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

OpinionCollector::~OpinionCollector() {
    if (asked_) {
        asked_->call->cancel();
        context_.opinion = nullptr;
    }
}

const config::Escalation& OpinionCollector::settings() const {
    return *context_.snapshot().request_class(context_.plan().route->request_class).escalation;
}

void OpinionCollector::ask_second(Usd attempt) {
    decision::Plan& plan = context_.plan();
    if (std::exchange(begun_, true) || !plan.route->cascade || !plan.route->cascade->agreement) {
        return;
    }
    const config::Snapshot& snapshot = context_.snapshot();
    const config::ModelId model = *plan.route->cascade->agreement;
    const config::Agreement& agreement = *settings().agreement;
    dialect::OpinionTerms terms;
    terms.model = context_.runtime->upstream_name_json(model);
    terms.samples = agreement.samples;
    terms.temperature = agreement.temperature;
    terms.output_limit_field = config::name_of(snapshot.provider(snapshot.model(model).provider).output_limit_field);
    terms.output_limit = agreement.output_tokens_max ? agreement.output_tokens_max
                                                     : decision::output_limit_to_write(snapshot, model, plan);
    SideCall::Question question;
    question.model = model;
    question.body = dialect::opinion_request(plan.request, context_.body(), terms);
    question.prompt_tokens = plan.prompt.of(model).expected;
    question.prompt_tokens_at_most = plan.prompt.of(model).at_most;
    question.output_tokens_at_most =
        terms.output_limit.value_or(decision::output_tokens_bound(snapshot, model, plan)) * agreement.samples;
    ask(SignalKind::Agreement, std::move(question), attempt);
}

void OpinionCollector::ask_verifier(const dialect::ChatAnswer& draft) {
    const decision::Plan& plan = context_.plan();
    const config::Snapshot& snapshot = context_.snapshot();
    const config::Verifier& verifier = *settings().verifier;
    const cascade::VerifierPrompt prompt =
        cascade::verifier_prompt(plan.request, draft, verifier.prompt, context_.id.view());
    SideCall::Question question;
    question.model = verifier.model;
    question.body = dialect::instructed_request(
        context_.runtime->upstream_name_json(verifier.model), prompt.instruction, prompt.text,
        config::name_of(snapshot.provider(snapshot.model(verifier.model).provider).output_limit_field), verifier.output_tokens_max);
    question.prompt_tokens = dialect::estimate_tokens(prompt.instruction.size() + prompt.text.size());
    // As of any text that no model has taught us of.
    question.prompt_tokens_at_most = 2 * question.prompt_tokens;
    question.output_tokens_at_most = verifier.output_tokens_max;
    ask(SignalKind::Verifier, std::move(question), Usd());
}

void OpinionCollector::ask(SignalKind kind, SideCall::Question question, Usd beside) {
    const config::Snapshot& snapshot = context_.snapshot();
    const policy::Route& route = *context_.plan().route;
    const Usd estimate = ledger::estimate_cost(question.prompt_tokens_at_most, question.output_tokens_at_most,
                                               snapshot.model(question.model).price);
    const std::optional<Usd>& ceiling = context_.plan().gate.ceiling;
    if (ceiling && context_.outcome.bill.total() + beside + estimate > *ceiling) {
        note(kind, question.model, "request_cost");
        return;
    }
    question.request_class = route.request_class;
    Asked& asked = asked_.emplace();
    asked.kind = kind;
    asked.estimate = estimate;
    asked.number = ++context_.outcome.attempts_opened;
    asked.span = context_.trace.next_span();
    context_.trace.append_fields(snapshot.provider(snapshot.model(question.model).provider), asked.span, question.trace_fields);
    question.request_id = context_.id.view();
    question.trace_id = context_.trace.trace_id();
    if (context_.ledger.keeps()) {
        question.opening = attempt_opening(context_, asked.number, route.tier, question.model, estimate);
    }
    asked.call = std::make_shared<SideCall>(context_.exchange.worker(), context_.runtime, context_.ledger.store(),
                                            std::move(question));
    context_.opinion = asked.call.get();
    asked.call->start();
}

net::Task<decision::DraftVerdict> OpinionCollector::judge(const Answer& draft) {
    const config::Snapshot& snapshot = context_.snapshot();
    const decision::Plan& plan = context_.plan();
    const cascade::Expectation expected = cascade::expectation_of(plan.request);
    const auto ended = [this] { return context_.exchange.client_gone() || context_.exchange.shutting_down(); };
    decision::Opinions opinions;
    std::optional<dialect::ChatAnswer>& second = context_.scratch.second_opinion;
    if (asked_ && settings().agreement->model == draft.model) {
        // The second model stood in for one that failed: that it agrees with itself says nothing.
        co_await finish("same_model");
    } else if (asked_ && !decision::could_be_kept(snapshot, plan, expected, draft.content)) {
        co_await finish("not_needed");
    } else if (asked_) {
        second = co_await take(settings().agreement->wait);
        opinions.second = second ? &*second : nullptr;
    }
    if (plan.route->cascade->verifier && !ended() &&
        decision::depends_on_verifier(snapshot, plan, expected, draft.content, opinions)) {
        ask_verifier(draft.content);
    }
    if (asked_) {
        const config::ModelId model = asked_->call->model();
        const auto verdict = co_await take(settings().verifier->wait);
        if (verdict && !verdict->choices.empty()) {
            opinions.verifier = cascade::read_verdict(verdict->choices.front().content);
        }
        if (verdict && !opinions.verifier) {
            note(SignalKind::Verifier, model, "no_verdict");
        }
    }
    co_return decision::judge_draft(snapshot, plan, expected, draft.content, opinions);
}

net::Task<std::optional<dialect::ChatAnswer>> OpinionCollector::take(Milliseconds patience) {
    const SteadyTime since = now();
    const std::shared_ptr<SideCall> call = asked_->call;
    const bool in_time = co_await call->ended_within(patience);
    const std::string_view outcome = in_time ? "" : "late";
    co_await finish(outcome);
    context_.outcome.upstream_wait += now() - since;
    if (!in_time || !call->answer()) {
        co_return std::nullopt;
    }
    co_return *call->answer();
}

net::Task<> OpinionCollector::end() {
    if (asked_) {
        co_await finish("not_needed");
    }
}

net::Task<> OpinionCollector::finish(std::string_view outcome) {
    const Asked asked = *asked_;
    asked.call->cancel();
    co_await asked.call->ended();
    asked_.reset();
    context_.opinion = nullptr;
    charge(asked);
    const auto& answer = asked.call->answer();
    if (outcome.empty()) {
        outcome = answer ? std::string_view("ok") : answer.error().code();
    }
    note(asked.kind, asked.call->model(), outcome);
}

void OpinionCollector::charge(const Asked& asked) {
    SideCall& call = *asked.call;
    if (!call.attempted()) {
        return;
    }
    Outcome& outcome = context_.outcome;
    const SideCall::Usage used = call.usage();
    outcome.bill.add(context_.snapshot(), call.model(), context_.plan().route->tier, ledger::Purpose::Judge, used.source,
                     used.tokens, used.service);
    const bool is_fine = call.answer().has_value();
    outcome.attempt_errors.push_back(is_fine ? std::string() : std::string(call.answer().error().message()));
    outcome.attempt_codes.push_back(is_fine ? std::string_view("ok") : call.answer().error().code());
    outcome.attempt_numbers.push_back(asked.number);
    if (context_.trace.is_recorded()) {
        const Error failed = is_fine ? Error() : call.answer().error();
        outcome.traced.push_back(traced_attempt(asked.span, call.began_at(), call.ended_at(), is_fine ? &*call.answer() : nullptr,
                                                is_fine ? nullptr : &failed));
    }
    context_.ledger.take_over(call.ledger());
    context_.meters.count_attempt_duration(call.model(), now() - call.began_at());
    if (!is_fine && call.answer().error().kind() != ErrorKind::ClientGone) {
        context_.meters.count_failure(call.model(), call.answer().error().code());
    }
}

void OpinionCollector::note(SignalKind kind, config::ModelId model, std::string_view outcome) {
    context_.outcome.opinions.push_back({kind, model, outcome});
    context_.meters.count_opinion(context_.plan().route->request_class, kind, outcome);
}

}  // namespace tierway::gateway
