#include "gateway/shadow/shadow_task.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "gateway/shadow/shadow_row.hpp"
#include "tierway/cascade/final_answer.hpp"
#include "tierway/cascade/verifier_prompt.hpp"
#include "tierway/dialect/opinion_request.hpp"
#include "tierway/dialect/token_estimate.hpp"
#include "tierway/ledger/bill.hpp"
#include "tierway/ledger/budget_claims.hpp"
#include "tierway/ledger/cost.hpp"

namespace tierway::gateway {
namespace {

/// Of a judge's answer: one short object, and room to think.
constexpr std::int64_t kJudgeTokensMax = 512;

std::optional<bool> compare_final_answers(const dialect::ChatAnswer& first, const dialect::ChatAnswer& second, std::string_view field) {
    if (first.choices.empty() || second.choices.empty()) {
        return std::nullopt;
    }
    const auto a = cascade::final_answer(first.choices.front(), field);
    const auto b = cascade::final_answer(second.choices.front(), field);
    // Without a final answer of the better one nobody can say; a draft without one is not as good.
    return b ? std::optional(a && cascade::same_answer(*a, *b)) : std::nullopt;
}

/// The newest user message's text.
std::string prompt_of(const dialect::ChatRequest& request) {
    wire::JsonValue newest;
    for (const wire::JsonValue message : request.messages) {
        if (message.find("role").string_is("user")) {
            newest = message.find("content");
        }
    }
    std::string text = newest.to_string();
    for (const wire::JsonValue part : newest) {
        text += part.find("text").to_string();
    }
    return text;
}

}  // namespace

ledger::AttemptOpening shadow_opening(const config::Snapshot& snapshot, std::string_view request_id, unsigned number,
                                      config::ClassId request_class, config::TierId tier, config::ModelId model, Usd estimate) {
    ledger::AttemptOpening opening;
    opening.attempt = std::string(request_id) + "." + std::to_string(number);
    opening.at = std::chrono::system_clock::now();
    opening.request_class = snapshot.request_class(request_class).name;
    opening.tier = snapshot.tier(tier).name;
    opening.model = snapshot.model(model).name;
    opening.prices = snapshot.policy_hash;
    opening.estimate = estimate;
    // No key: what the operator wants to know is not the caller's to pay for.
    opening.budgets = ledger::claims_of(snapshot.budgets, {{}, {}, opening.request_class}, opening.at);
    ledger::BudgetClaim own;
    own.scope = "shadow:all/day";
    own.span = window_at(Window::Day, TimeZone(), opening.at);
    own.limit = snapshot.shadow->usd_per_day;
    opening.budgets.push_back(std::move(own));
    return opening;
}

net::Task<> ShadowTask::run(std::shared_ptr<ShadowTask> task, SideCall::Question question) {
    auto answered = co_await task->ask(std::move(question));
    if (!answered) {
        task->meters->count_shadow(task->request_class, answered.error().code());
        co_return;
    }
    const auto as_good = co_await task->compare(*answered);
    if (!as_good) {
        task->meters->count_shadow(task->request_class, "undecided");
        co_return;
    }
    task->note(*answered, *as_good);
}

net::Task<Result<dialect::ChatAnswer>> ShadowTask::ask(SideCall::Question question) {
    if (under_way->stopped) {
        co_return Error::client_gone();
    }
    const unsigned number = attempts;
    const auto call = std::make_shared<SideCall>(worker, runtime, &store, std::move(question));
    under_way->calls.push_back(call.get());
    call->start();
    co_await call->ended();
    std::erase(under_way->calls, call.get());
    charge(*call, number);
    co_return call->answer();
}

void ShadowTask::charge(SideCall& call, unsigned number) {
    if (!call.attempted()) {
        return;
    }
    const config::Snapshot& snapshot = runtime->snapshot();
    const SideCall::Usage used = call.usage();
    ledger::Bill bill;
    bill.add(snapshot, call.model(), tier, ledger::Purpose::Shadow, used.source, used.tokens, used.service);
    const ledger::Charge& charge = bill.charges().front();
    ledger::AttemptSettlement settlement;
    settlement.attempt = std::string(id.view()) + "." + std::to_string(number);
    settlement.purpose = charge.purpose;
    settlement.source = charge.source;
    settlement.usage = charge.usage;
    settlement.cost = charge.cost;
    settlement.outcome = call.answer() ? "ok" : call.answer().error().code();
    std::vector<ledger::AttemptSettlement> settlements;
    settlements.push_back(std::move(settlement));
    call.ledger().settle(std::move(settlements));
    meters->count_charge(request_class, charge);
}

net::Task<std::optional<bool>> ShadowTask::compare(const dialect::ChatAnswer& answer) {
    const auto same = compare_final_answers(draft, answer, answer_field());
    if (same.value_or(false)) {
        co_return true;
    }
    auto question = comparison_question(answer);
    if (!question) {
        co_return same;
    }
    auto judged = co_await ask(std::move(*question));
    if (!judged || judged->choices.empty()) {
        co_return std::nullopt;
    }
    co_return cascade::read_comparison(judged->choices.front().content);
}

std::optional<SideCall::Question> ShadowTask::comparison_question(const dialect::ChatAnswer& answer) {
    const config::Snapshot& snapshot = runtime->snapshot();
    wire::JsonParser parser;
    const auto root = parser.parse(body);
    const auto request = root ? dialect::read_chat_request(*root) : Result<dialect::ChatRequest>(root.error());
    if (!snapshot.shadow->judge || !request) {
        return std::nullopt;
    }
    const config::ModelId judge = *snapshot.shadow->judge;
    const cascade::VerifierPrompt prompt = cascade::comparison_prompt(*request, draft, answer, id.view());
    SideCall::Question question;
    question.model = judge;
    question.request_class = request_class;
    question.body = dialect::instructed_request(
        runtime->upstream_name_json(judge), prompt.instruction, prompt.text,
        config::name_of(snapshot.provider(snapshot.model(judge).provider).output_limit_field), kJudgeTokensMax);
    question.prompt_tokens = dialect::estimate_tokens(prompt.instruction.size() + prompt.text.size());
    question.prompt_tokens_at_most = 2 * question.prompt_tokens;
    question.output_tokens_at_most = kJudgeTokensMax;
    question.request_id = id.view();
    const Usd estimate =
        ledger::estimate_cost(question.prompt_tokens_at_most, question.output_tokens_at_most, snapshot.model(judge).price);
    question.opening = shadow_opening(snapshot, id.view(), ++attempts, request_class, tier, judge, estimate);
    return question;
}

void ShadowTask::note(const dialect::ChatAnswer& answer, bool as_good) {
    const config::Snapshot& snapshot = runtime->snapshot();
    runtime->quality().count_comparison(request_class, as_good);
    meters->count_shadow(request_class, as_good ? "as_good" : "worse");
    if (!rows.is_on()) {
        return;
    }
    wire::JsonParser parser;
    const auto root = parser.parse(body);
    const auto request = root ? dialect::read_chat_request(*root) : Result<dialect::ChatRequest>(root.error());
    const std::string prompt = request ? prompt_of(*request) : std::string();
    ShadowRow row{id.view(),
                        at,
                        snapshot.request_class(request_class).name,
                        snapshot.shadow->judge ? std::string_view(snapshot.model(*snapshot.shadow->judge).name) : "agreement",
                        snapshot.policy_hash,
                        prompt,
                        answer_field(),
                        {snapshot.model(drafted).name, draft, as_good},
                        {snapshot.model(better).name, answer, true}};
    if (second_opinion) {
        // Acceptable as far as final answers tell: like the better answer, or like a draft that is as good.
        const bool like_better = compare_final_answers(*second_opinion, answer, answer_field()).value_or(false);
        const bool like_draft = as_good && compare_final_answers(*second_opinion, draft, answer_field()).value_or(false);
        row.second.emplace(ShadowAnswer{snapshot.model(*second_model).name, *second_opinion, like_better || like_draft});
    }
    rows.add(shadow_line(row, snapshot.shadow->keep_text));
}

std::string_view ShadowTask::answer_field() const {
    const auto& escalation = runtime->snapshot().request_class(request_class).escalation;
    return escalation && escalation->agreement ? std::string_view(escalation->agreement->field) : cascade::kAnswerField;
}

}  // namespace tierway::gateway
