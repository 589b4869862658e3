#include "gateway/settlement.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "gateway/ledger_entries.hpp"
#include "gateway/spans/span_export.hpp"
#include "gateway/token_demand.hpp"
#include "tierway/cascade/signals.hpp"
#include "tierway/decision/judged_draft.hpp"
#include "tierway/ledger/bill.hpp"
#include "tierway/telemetry/audit_line.hpp"
#include "tierway/telemetry/decision_record.hpp"

namespace tierway::gateway {
namespace {

/// As `relay_provider_fields` writes it.
constexpr std::string_view kSimulatedHeader = "x-simulated: ";
/// Of texts that a client chose, in the record.
constexpr std::size_t kTextBytesMax = 256;

RequestOutcome how_it_ended(const Outcome& outcome) {
    if (!outcome.error) {
        return RequestOutcome::Ok;
    }
    switch (outcome.error->kind()) {
        case ErrorKind::ClientGone:
            return RequestOutcome::ClientGone;
        case ErrorKind::EscalationDenied:
        case ErrorKind::ClassNotAllowed:
        case ErrorKind::ModelNotAllowed:
        case ErrorKind::Unauthorized:
        case ErrorKind::BudgetExceeded:
        case ErrorKind::TooExpensive:
        case ErrorKind::RequestRateExceeded:
        case ErrorKind::TokenRateExceeded:
            return RequestOutcome::Denied;
        case ErrorKind::Internal:
        case ErrorKind::Overloaded:
            return RequestOutcome::InternalError;
        default:
            return outcome.error->source() == ErrorSource::Upstream ? RequestOutcome::UpstreamError : RequestOutcome::ClientError;
    }
}

void add_request(const RequestContext& context, telemetry::DecisionRecord& record) {
    const dialect::ChatRequest& request = context.scratch.plan.request;
    record.time = context.wall_time;
    record.request_id = context.id.view();
    record.trace_id = context.trace.trace_id();
    record.method = context.exchange.method();
    const std::string_view target = context.exchange.target();
    record.path = target.substr(0, std::min(target.find('?'), kTextBytesMax));
    record.asked_model = std::string_view(request.model_name).substr(0, kTextBytesMax);
    record.stream = request.stream;
}

void add_attempts(const config::Snapshot& snapshot, const Outcome& outcome, telemetry::DecisionRecord& record) {
    for (std::size_t i = 0; i < outcome.bill.charges().size(); ++i) {
        const ledger::Charge& charge = outcome.bill.charges()[i];
        telemetry::AttemptRecord& attempt = record.attempts.emplace_back();
        attempt.model = snapshot.model(charge.model).name;
        attempt.tier = snapshot.tier(charge.tier).name;
        attempt.purpose = ledger::name_of(charge.purpose);
        attempt.usage_source = ledger::name_of(charge.source);
        attempt.prompt_tokens = charge.usage.prompt;
        attempt.completion_tokens = charge.usage.completion;
        attempt.cached_tokens = charge.usage.cached;
        attempt.cache_write_tokens = charge.usage.cache_write;
        attempt.reasoning_tokens = charge.usage.reasoning;
        attempt.service_tier = config::name_of(charge.service);
        attempt.cost = charge.cost;
        attempt.error = outcome.attempt_errors[i];
    }
}

telemetry::FeaturesRecord features_record(const classify::Features& features) {
    telemetry::FeaturesRecord record;
    record.ask_bytes = features.ask.size();
    record.prompt_tokens = features.prompt_tokens;
    record.turns = features.turns;
    record.tools = features.tool_names.size();
    record.has_image = features.has_image;
    record.has_audio = features.has_audio;
    record.json_schema = features.json_schema;
    record.last_turn_is_tool_result = features.last_turn_is_tool_result;
    record.language = features.language;
    record.code_share = features.code_share;
    record.digit_share = features.digit_share;
    return record;
}

void add_decision(const config::Snapshot& snapshot, const decision::Plan& plan, const Outcome& outcome, telemetry::DecisionRecord& record) {
    if (plan.principal != nullptr) {
        record.principal = plan.principal->id;
        record.team = plan.principal->team;
    }
    if (plan.classification) {
        record.request_class = snapshot.request_class(plan.classification->request_class).name;
        record.class_confidence = plan.classification->confidence;
        record.classifier = plan.classification->stage;
        record.class_reason = plan.classification->reason;
        if (!plan.embeddings) {
            record.features = features_record(plan.features);
        }
    }
    if (plan.route) {
        record.bound_tier = snapshot.tier(plan.route->bound_tier).name;
        for (const policy::PassedOver& passed : plan.route->passed_over) {
            record.passed_over.push_back({snapshot.model(passed.model).name, passed.missing});
        }
    }
    for (const policy::PassedOver& passed : outcome.passed_over) {
        record.passed_over.push_back({snapshot.model(passed.model).name, passed.missing});
    }
    if (plan.gate.verdict != policy::GateVerdict::Open) {
        record.gate = policy::name_of(plan.gate.verdict);
        record.cost_ceiling = plan.gate.ceiling;
        record.gate_from = plan.gate.from ? std::string_view(snapshot.tier(*plan.gate.from).name) : std::string_view();
        record.gate_estimate = plan.gate.estimate_there;
        record.attempts_declined = outcome.attempts_declined;
    }
    for (const policy::Climb& climb : outcome.climbs) {
        record.climbs.push_back({snapshot.tier(climb.from).name, snapshot.tier(climb.to).name, policy::name_of(climb.why),
                                 climb.approval.approved ? "approved" : "denied", climb.approval.reason, climb.estimate});
    }
    if (outcome.judgement) {
        record.confidence = outcome.judgement->confidence;
        for (const cascade::Signal& signal : outcome.judgement->signals) {
            record.signals.push_back({cascade::name_of(signal.kind), signal.score, signal.reason});
        }
    }
}

void add_opinions(const config::Snapshot& snapshot, const Outcome& outcome, telemetry::DecisionRecord& record) {
    for (const Outcome::Opinion& opinion : outcome.opinions) {
        record.opinions.push_back({cascade::name_of(opinion.kind), snapshot.model(opinion.model).name, opinion.outcome});
    }
}

void add_passed(const PassedOn& passed, telemetry::DecisionRecord& record) {
    record.request_class = config::PassThrough::kClassName;
    record.class_confidence = 1.0;
    record.model = passed.name;
    record.asked_model = std::string_view(passed.asked_model).substr(0, kTextBytesMax);
    record.estimate = passed.estimate;
    telemetry::AttemptRecord& attempt = record.attempts.emplace_back();
    attempt.model = passed.name;
    attempt.tier = config::PassThrough::kTierName;
    attempt.purpose = ledger::name_of(passed.purpose);
    attempt.usage_source = ledger::name_of(passed.source);
    attempt.prompt_tokens = passed.usage.prompt;
    attempt.completion_tokens = passed.usage.completion;
    attempt.cached_tokens = passed.usage.cached;
    attempt.cost = passed.cost;
    attempt.error = passed.error;
}

/// What the attempts of a climb cost: at least the estimate when a provider did not say what it charges for.
Usd cost_of(const policy::Climb& climb, const ledger::Bill& bill) {
    Usd cost;
    bool known = true;
    for (const ledger::Charge& charge : bill.charges()) {
        if (charge.tier == climb.to) {
            cost += charge.cost;
            known = known && ledger::is_known(charge.source);
        }
    }
    return known ? cost : std::max(cost, climb.estimate);
}

/// Corrects what the request's climbs took of its key's quotas to what came of them.
void settle_quotas(RequestContext& context, SteadyTime now) {
    Outcome& outcome = context.outcome;
    const std::vector<ledger::Charge>& charges = outcome.bill.charges();
    for (policy::Climb& climb : outcome.climbs) {
        const auto is_of_climb = [&climb](const ledger::Charge& charge) { return charge.tier == climb.to; };
        if (std::none_of(charges.begin(), charges.end(), is_of_climb)) {
            climb.approval.hold.release();
        } else {
            climb.approval.hold.settle(cost_of(climb, outcome.bill));
        }
    }
    if (!charges.empty()) {
        context.runtime->quotas().count_call(*context.plan().principal, now);
    }
}

/// Whoever may not have the higher tier's answer could not begin there either: of its class's economics such a draft says nothing.
void count_economics(RequestContext& context) {
    const Outcome& outcome = context.outcome;
    decision::Plan& plan = context.plan();
    if (!outcome.judgement || !plan.route->cascade || plan.route->tier != plan.route->bound_tier ||
        !decision::may_reach(plan, plan.route->cascade->to)) {
        return;
    }
    context.runtime->economics().count(plan.route->request_class,
                                       decision::judged_draft(context.snapshot(), outcome.bill, outcome.judged_charge,
                                                              *plan.route->cascade, outcome.draft_wanting));
}

}  // namespace

void settle(RequestContext& context, const SettlementSinks& sinks) {
    const config::Snapshot& snapshot = context.snapshot();
    const decision::Plan& plan = context.plan();
    Outcome& outcome = context.outcome;
    if (outcome.error && outcome.error->kind() == ErrorKind::ClientGone) {
        outcome.status = 499;
    }
    const SteadyTime now = std::chrono::steady_clock::now();
    const RequestOutcome how = how_it_ended(outcome);
    settle_quotas(context, now);
    count_economics(context);
    const TokensUsed used = tokens_used(outcome);
    context.rate.settle(used.tokens, used.known, now);

    telemetry::DecisionRecord record;
    add_request(context, record);
    add_decision(snapshot, plan, outcome, record);
    if (outcome.tier) {
        record.tier = snapshot.tier(*outcome.tier).name;
    }
    if (outcome.model) {
        record.model = snapshot.model(*outcome.model).name;
    }
    record.upstream_model = std::string_view(outcome.upstream_model).substr(0, kTextBytesMax);
    record.simulated = context.relayed_headers.text().find(kSimulatedHeader) != std::string_view::npos;
    record.escalation = outcome.escalation;
    record.escalation_reason = outcome.escalation_reason;
    add_opinions(snapshot, outcome, record);
    add_attempts(snapshot, outcome, record);
    record.fallbacks = outcome.fallbacks;
    record.estimate = plan.gate.estimate;
    record.cost = outcome.cost();
    if (outcome.passed_on) {
        add_passed(*outcome.passed_on, record);
    }
    record.baseline = outcome.bill.baseline(snapshot);
    record.status = outcome.status;
    record.outcome = name_of(how);
    if (outcome.error) {
        record.error_code = outcome.error->code();
        record.error_detail = outcome.error->detail();
    }
    record.duration = now - context.exchange.began_at();
    if (outcome.first_content_at) {
        record.time_to_first_token = *outcome.first_content_at - context.exchange.began_at();
    }
    record.overhead = context.overhead(now);
    record.policy = snapshot.policy_hash;

    if (context.ledger.keeps()) {
        context.ledger.settle(attempt_settlements(context));
    }
    context.meters.count({plan, outcome, how, record.duration, record.overhead, record.time_to_first_token});
    TextBuffer& line = context.scratch.record;
    line.clear();
    telemetry::write_json_line(record, line);
    sinks.log.add(sinks.worker, line.view());
    for (std::size_t climb = 0; sinks.audit.is_on() && climb < record.climbs.size(); ++climb) {
        line.clear();
        telemetry::write_audit_line(record, climb, line);
        sinks.audit.add(line.view());
    }
    if (context.trace.is_recorded()) {
        export_spans(context, record, how, now, sinks.spans);
    }
}

}  // namespace tierway::gateway
