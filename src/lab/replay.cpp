#include "tierway/lab/replay.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lab/recorded_chat.hpp"
#include "tierway/base/assert.hpp"
#include "tierway/base/json_text.hpp"
#include "tierway/decision/draft_verdict.hpp"
#include "tierway/decision/plan.hpp"
#include "tierway/ledger/bill.hpp"

namespace tierway::lab {
namespace {

/// A model and what the row has of it.
struct Answered {
    config::ModelId model{};
    config::TierId tier{};
    const RecordedAnswer* answer = nullptr;
};

Error missing(std::string_view code, const std::string& what) {
    return Error::downstream(ErrorKind::InvalidRequest, code, what);
}

void charge(ledger::Bill& bill, const config::Snapshot& snapshot, const Answered& answered, ledger::Purpose purpose) {
    bill.add(snapshot, answered.model, answered.tier, purpose, ledger::UsageSource::Provider, usage_of(*answered.answer));
}

/// What asking only this model comes to.
Leg leg_of(const config::Snapshot& snapshot, const Answered& answered) {
    ledger::Bill bill;
    charge(bill, snapshot, answered, ledger::Purpose::Answer);
    return {bill.total(), answered.answer->acceptable};
}

Result<Answered> first_answered(const config::Snapshot& snapshot, const Outcome& outcome, config::TierId tier,
                                const std::vector<config::ModelId>& models) {
    for (const config::ModelId model : models) {
        if (const RecordedAnswer* answer = outcome.answer_of(snapshot.model(model).name)) {
            return Answered{model, tier, answer};
        }
    }
    const std::string name = '`' + snapshot.model(models.front()).name + '`';
    return missing("answer_missing", "There is no recorded answer of " + name + (models.size() > 1 ? " nor of its fallbacks." : "."));
}

/// The cheapest acceptable answer of any model on a tier, else the cheapest.
std::pair<Leg, config::TierId> oracle_of(const config::Snapshot& snapshot, const Outcome& outcome) {
    std::optional<Leg> best;
    config::TierId best_tier{};
    for (std::size_t i = 0; i < snapshot.tiers.size(); ++i) {
        const config::TierId tier{static_cast<std::uint16_t>(i)};
        for (const config::ModelId model : snapshot.tier(tier).models) {
            const RecordedAnswer* answer = outcome.answer_of(snapshot.model(model).name);
            if (answer == nullptr) {
                continue;
            }
            const Leg leg = leg_of(snapshot, {model, tier, answer});
            if (!best || (leg.acceptable && !best->acceptable) || (leg.acceptable == best->acceptable && leg.cost < best->cost)) {
                best = leg;
                best_tier = tier;
            }
        }
    }
    return {best.value_or(Leg{}), best_tier};
}

}  // namespace

struct Replayer::Work {
    DecisionCore core;
    wire::JsonParser parser;
    decision::Plan plan;
    std::string body;

    [[nodiscard]] const config::Snapshot& snapshot() const { return *core.snapshot; }

    Result<void> plan_for(const Outcome& outcome) {
        body = client_request(outcome.prompt);
        decision::PlanOptions options;
        options.principal = &policy::local_principal();
        options.gains = core.gains.get();
        return decision::make_plan(snapshot(), *core.classifier, options, body, parser, SteadyTime(), plan);
    }

    /// As the gateway asks the approver when a draft is wanting.
    [[nodiscard]] bool approves(Usd spent) {
        const policy::CascadePlan& cascade = *plan.route->cascade;
        const policy::Climb climb = decision::ask_to_climb(snapshot(), plan, cascade.to, cascade.targets,
                                                           policy::ClimbReason::LowConfidence, spent, nullptr, SteadyTime());
        return climb.approval.approved;
    }

    /// The answer of the bound tier is the answer.
    void serve_directly(const Answered& first, ReplayedRow& row) {
        const Leg leg = leg_of(snapshot(), first);
        row.tier = first.tier;
        row.model = first.model;
        row.served = leg;
        row.climbed = first.tier == snapshot().frontier() && snapshot().tiers.size() > 1;
        row.kept = row.climbed ? row.cheap : leg;
        row.stepped_up = row.climbed ? leg : row.frontier;
        // Without a score of the plan's own, the binding is all that ranks.
        row.score = plan.expected_gain.value_or(row.climbed ? 1.0 : 0.0);
    }

    /// What the second model answered, or absent when the route asks for none.
    Result<std::optional<Answered>> second_answer(const Outcome& outcome) const {
        const auto& model = plan.route->cascade->agreement;
        if (!model) {
            return std::optional<Answered>();
        }
        const config::Agreement& agreement = *snapshot().request_class(plan.route->request_class).escalation->agreement;
        if (!agreement.model || agreement.samples > 1) {
            return missing("opinion_missing", "The class samples `" + snapshot().model(*model).name +
                                                  "` several times; recorded outcomes hold one answer of each model.");
        }
        auto second = first_answered(snapshot(), outcome, plan.route->tier, {*model});
        if (!second) {
            return second.error();
        }
        if (auto words = has_words(*second); !words) {
            return words.error();
        }
        return std::optional(*second);
    }

    /// The verdict on the draft, with everything that was asked about it on the bill.
    Result<decision::DraftVerdict> judge(const Outcome& outcome, const Answered& draft, ledger::Bill& bill) {
        if (auto words = has_words(draft); !words) {
            return words.error();
        }
        auto second = second_answer(outcome);
        if (!second) {
            return second.error();
        }
        const dialect::ChatAnswer answer = recorded_chat(*draft.answer, snapshot().model(draft.model).capabilities.logprobs);
        dialect::ChatAnswer other;
        decision::Opinions opinions;
        if (*second) {
            charge(bill, snapshot(), **second, ledger::Purpose::Judge);
            other = recorded_chat(*(*second)->answer, false);
            opinions.second = &other;
        }
        const cascade::Expectation expected = cascade::expectation_of(plan.request);
        if (plan.route->cascade->verifier && decision::depends_on_verifier(snapshot(), plan, expected, answer, opinions)) {
            return missing("opinion_missing", "The class asks a verifier, whose verdicts recorded outcomes do not hold.");
        }
        return decision::judge_draft(snapshot(), plan, expected, answer, opinions);
    }

    [[nodiscard]] Result<void> has_words(const Answered& answered) const {
        if (answered.answer->words().empty() && !answered.answer->no_answer) {
            return missing("answer_text_missing", "The recorded answer of `" + snapshot().model(answered.model).name +
                                                      "` has neither `text` nor `final`, so it cannot be judged.");
        }
        return {};
    }

    Result<void> serve_cascade(const Outcome& outcome, const Answered& draft, ReplayedRow& row) {
        const policy::CascadePlan& cascade = *plan.route->cascade;
        auto better = first_answered(snapshot(), outcome, cascade.to, cascade.targets);
        if (!better) {
            return better.error();
        }
        ledger::Bill bill;
        charge(bill, snapshot(), draft, ledger::Purpose::Draft);
        const auto judged = judge(outcome, draft, bill);
        if (!judged) {
            return judged.error();
        }
        const decision::DraftVerdict& verdict = *judged;
        row.confidence = verdict.judgement.confidence;
        row.uncalibrated = cascade::combine(verdict.judgement.signals);
        row.draft_acceptable = draft.answer->acceptable;
        row.score = verdict.expected_gain.value_or(1.0 - verdict.judgement.confidence);
        row.kept = {bill.total(), draft.answer->acceptable};
        row.escalated = verdict.wants_better && approves(bill.total());
        if (verdict.wants_better && !row.escalated &&
            snapshot().request_class(row.request_class).on_denied == config::OnDenied::Reject) {
            return missing("escalation_not_approved", "The draft is not good enough and the policy does not approve a higher tier.");
        }
        charge(bill, snapshot(), *better, ledger::Purpose::Answer);
        row.stepped_up = {bill.total(), better->answer->acceptable};
        row.climbed = row.escalated;
        row.served = row.escalated ? row.stepped_up : row.kept;
        row.tier = row.escalated ? better->tier : draft.tier;
        row.model = row.escalated ? better->model : draft.model;
        return {};
    }
};

Replayer::Replayer(DecisionCore core) : work_(std::make_unique<Work>()) {
    TIERWAY_ASSERT(core.snapshot != nullptr && core.classifier != nullptr);
    work_->core = std::move(core);
}

Replayer::~Replayer() = default;

Result<ReplayedRow> Replayer::replay(const Outcome& outcome) {
    const config::Snapshot& snapshot = work_->snapshot();
    if (auto planned = work_->plan_for(outcome); !planned) {
        return planned.error();
    }
    const policy::Route& route = *work_->plan.route;
    const config::TierId lowest{};
    auto cheap = first_answered(snapshot, outcome, lowest, snapshot.tier(lowest).models);
    if (!cheap) {
        return cheap.error();
    }
    auto frontier = first_answered(snapshot, outcome, snapshot.frontier(), snapshot.tier(snapshot.frontier()).models);
    if (!frontier) {
        return frontier.error();
    }
    auto first = first_answered(snapshot, outcome, route.tier, route.targets);
    if (!first) {
        return first.error();
    }
    ReplayedRow row;
    row.request_class = route.request_class;
    row.cheap = leg_of(snapshot, *cheap);
    row.frontier = leg_of(snapshot, *frontier);
    std::tie(row.oracle, row.oracle_tier) = oracle_of(snapshot, outcome);
    if (!route.cascade) {
        work_->serve_directly(*first, row);
        return row;
    }
    if (auto served = work_->serve_cascade(outcome, *first, row); !served) {
        return served.error();
    }
    return row;
}

std::string client_request(std::string_view prompt) {
    std::string body = R"({"model":"auto","messages":[{"role":"user","content":)";
    append_json_string(body, prompt);
    return body + "}]}";
}

}  // namespace tierway::lab
