#include "tierway/lab/observation.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "lab/recorded_chat.hpp"
#include "tierway/cascade/confidence.hpp"
#include "tierway/decision/draft_verdict.hpp"
#include "tierway/decision/expected_cost.hpp"
#include "tierway/decision/plan.hpp"
#include "tierway/dialect/token_estimate.hpp"
#include "tierway/ledger/cost.hpp"
#include "tierway/policy/principal.hpp"

namespace tierway::lab {
namespace {

/// What of a row belongs to a pair; absent pieces make it useless.
struct Answers {
    const RecordedAnswer* cheap = nullptr;
    const RecordedAnswer* strong = nullptr;
    const RecordedAnswer* second = nullptr;
};

std::optional<Answers> answers_of(const Outcome& outcome, const decision::PairKey& key) {
    Answers answers{outcome.answer_of(key.cheap), outcome.answer_of(key.strong), nullptr};
    if (!key.second.empty()) {
        answers.second = outcome.answer_of(key.second);
        if (answers.second == nullptr) {
            return std::nullopt;
        }
    }
    return answers.cheap != nullptr && answers.strong != nullptr ? std::optional(answers) : std::nullopt;
}

double usd_of(const config::Snapshot& snapshot, const std::string& model, const RecordedAnswer& answer) {
    return ledger::cost_of(usage_of(answer), snapshot.model(*snapshot.find_model(model)).price).to_double();
}

bool gives_logprobs(const config::Snapshot& snapshot, const std::string& model) {
    return snapshot.model(*snapshot.find_model(model)).capabilities.logprobs;
}

void measure(const config::Snapshot& snapshot, const decision::Plan& plan, const decision::PairKey& key, const Answers& answers,
             config::ClassId request_class, Observation& observation) {
    const dialect::ChatAnswer draft = recorded_chat(*answers.cheap, gives_logprobs(snapshot, key.cheap));
    std::optional<dialect::ChatAnswer> second;
    cascade::Opinions opinions = decision::no_opinions(snapshot, request_class);
    if (answers.second != nullptr) {
        second = recorded_chat(*answers.second, false);
        opinions.second = &*second;
    }
    const auto signals = cascade::measure(draft.choices.front(), cascade::expectation_of(plan.request), opinions);
    observation.uncalibrated = cascade::combine(signals);
    observation.fatal = std::any_of(signals.begin(), signals.end(), [](const cascade::Signal& signal) { return signal.fatal; });
    observation.sizes = decision::sizes_of(draft, opinions);
    observation.draft = cascade::measure_draft(draft.choices.front(), signals, opinions, observation.sizes);
}

}  // namespace

std::vector<ObservedPair> observe(const DecisionCore& core, std::span<const Outcome* const> rows) {
    const config::Snapshot& snapshot = *core.snapshot;
    std::vector<std::optional<ObservedPair>> pairs(snapshot.classes.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const config::ClassId id{static_cast<std::uint16_t>(i)};
        if (auto key = decision::pair_key(snapshot, id)) {
            pairs[i] = ObservedPair{*std::move(key), id, {}};
        }
    }
    wire::JsonParser parser;
    decision::Plan plan;
    decision::PlanOptions options;
    options.principal = &policy::local_principal();
    options.whole_ask = true;
    for (const Outcome* outcome : rows) {
        const std::string body = client_request(outcome->prompt);
        if (!decision::make_plan(snapshot, *core.classifier, options, body, parser, SteadyTime(), plan) || !plan.route->cascade) {
            continue;
        }
        auto& pair = pairs[config::index_of(plan.route->request_class)];
        const auto answers = pair ? answers_of(*outcome, pair->key) : std::nullopt;
        if (!answers) {
            continue;
        }
        Observation observation;
        observation.id = outcome->id;
        observation.ask = plan.features.ask;
        observation.cheap_acceptable = answers->cheap->acceptable;
        observation.strong_acceptable = answers->strong->acceptable;
        observation.cheap_tokens = answers->cheap->completion_tokens;
        observation.strong_tokens = answers->strong->completion_tokens;
        observation.cheap_usd = usd_of(snapshot, pair->key.cheap, *answers->cheap);
        observation.strong_usd = usd_of(snapshot, pair->key.strong, *answers->strong);
        observation.second_usd = answers->second == nullptr ? 0.0 : usd_of(snapshot, pair->key.second, *answers->second);
        observation.estimated_prompt_tokens = dialect::estimate_tokens(plan.request.prompt_text_bytes);
        measure(snapshot, plan, pair->key, *answers, pair->request_class, observation);
        pair->observations.push_back(std::move(observation));
    }
    std::vector<ObservedPair> taught;
    for (auto& pair : pairs) {
        if (pair && !pair->observations.empty()) {
            taught.push_back(*std::move(pair));
        }
    }
    return taught;
}

}  // namespace tierway::lab
