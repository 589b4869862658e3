#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/classify/classifier.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/decision/economics_board.hpp"
#include "tierway/decision/gain_policy.hpp"
#include "tierway/dialect/chat_request.hpp"
#include "tierway/dialect/embeddings.hpp"
#include "tierway/ledger/token_estimator.hpp"
#include "tierway/policy/binding.hpp"
#include "tierway/policy/gate.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::decision {

/// What concerns the decision beside the body.
struct PlanOptions {
    config::ModelKind kind = config::ModelKind::Chat;  ///< What is asked for: says how the body is read, and who can answer.
    const policy::Principal* principal = nullptr;  ///< Who asks. REQUIRES: there, and living as long as the plan.
    policy::QuotaBoard* quotas = nullptr;          ///< As `policy::approve` has it.
    std::string_view declared_class;               ///< `x-tierway-class`
    std::string_view max_tier;                     ///< `x-tierway-max-tier`
    std::string_view recovery;                     ///< `x-tierway-recovery`
    std::optional<std::string_view> acknowledged;  ///< `x-tierway-acknowledge-usd`, when the header is there.
    /// What the models' providers have taught of their tokens; null: nothing. Must outlive the plan.
    const ledger::TokenEstimator* estimator = nullptr;
    /// Only providers of this dialect (or one alike) can express what is asked; absent: any.
    std::optional<config::Dialect> only_dialect;
    const GainPolicy* gains = nullptr;  ///< What was learnt of the classes; null: nothing. Must outlive the plan.
    /// What the classes' cascades cost of late; null where nothing is going to be sent: every class drafts then.
    const EconomicsBoard* economics = nullptr;
    /// Where from 0 to 1 chance has put the request: below its class's `explore`, a draft is asked for whatever drafts cost.
    double chance = 1.0;
    bool whole_ask = false;   ///< Extract the ask's text even if nothing looks at it.
    bool text_shape = false;  ///< Describe the ask's shape even if no classifier stage looks at it.
};

/// The outcome of phases 2 to 6, filled in order: what a phase could not reach is absent. Views live as long as the body and the
/// parser.
struct Plan {
    /// Of a request for embeddings only `body`, `model`, `model_name` and `prompt_text_bytes` are filled.
    dialect::ChatRequest request;
    std::optional<dialect::EmbeddingsRequest> embeddings;  ///< Absent: a chat is asked for.
    const policy::Principal* principal = nullptr;  ///< An entry of the snapshot, or the local one.
    classify::Features features;
    std::optional<classify::Classification> classification;
    std::optional<config::TierId> ceiling;  ///< The request's own, from `x-tierway-max-tier`.
    std::optional<policy::Route> route;
    std::vector<policy::Climb> climbs;  ///< Asked of the approver while binding, in order, also when that ended the request.
    const LearntClass* learnt = nullptr;  ///< Of the request's class, when its route may climb for quality; else null.
    std::optional<double> expected_gain;  ///< Of climbing, where that is decided by the ask alone.
    config::Recovery recovery = config::Recovery::Fail;
    ledger::PromptEstimates prompt;  ///< Once the request is read.
    policy::GatePass gate;           ///< Once there is a route; also when it was refused.

    NgramScratch ngrams;  ///< Memory for what looks at the ask's words.
    std::vector<HashedFeature> hashed;

    /// Forgets the last request and keeps the memory.
    void reset();
};

/// The longest answer that a choice of the request may have from the model: what the request asks for, else the cap of its class,
/// in either case no more than the model can write; when nothing bounds it `ledger::kAssumedOutputTokens`, and the thought that may
/// come with them (`thinking_tokens_assumed`). Of embeddings nothing, as nothing is written.
std::int64_t output_tokens_bound(const config::Snapshot& snapshot, config::ModelId model, Plan& plan);

/// That bound, when the request must be given it because it states none itself: its class caps it.
std::optional<std::int64_t> output_limit_to_write(const config::Snapshot& snapshot, config::ModelId model, Plan& plan);

/// What one attempt at a model may cost at most: as long a prompt as it may turn out to be, all of it uncached, and the longest
/// answers. \param further_text_bytes that are sent beside the request. REQUIRES: the request is classified.
Usd attempt_estimate(const config::Snapshot& snapshot, config::ModelId model, Plan& plan, std::size_t further_text_bytes = 0);

/// Of the dearest of these models.
Usd dearest_attempt(const config::Snapshot& snapshot, std::span<const config::ModelId> models, Plan& plan);

/// Puts a climb from the route's tier to the approver, with all that the plan knows of the request: what the gateway asks while it
/// serves, and a replay asks alike. \param targets the higher tier's models that would be asked. \param spent on the request so far.
/// REQUIRES: there is a route.
policy::Climb ask_to_climb(const config::Snapshot& snapshot, Plan& plan, config::TierId to, std::span<const config::ModelId> targets,
                           policy::ClimbReason why, Usd spent, policy::QuotaBoard* quotas, SteadyTime now);

/// Whether neither the request's ceiling nor its principal's forbids an answer of that tier. REQUIRES: a principal.
bool may_reach(const Plan& plan, config::TierId tier) noexcept;

/// Read, identify, classify, bind, gate: everything that is decided before a byte is sent (DESIGN.md section 2). Pure without
/// quotas and economics: it is what `explain` shows and what an offline evaluation replays.
///
/// A class whose cascade costs more than going direct (`EconomicsBoard`) begins at the higher tier, if the approver agrees and the
/// request neither names a tier or model nor stands elsewhere than on its class's tier; denied, its draft is judged as ever.
/// \param parser indexes `body`, and must live as long as the plan.
Result<void> make_plan(const config::Snapshot& snapshot, const classify::Classifier& classifier, const PlanOptions& options,
                       std::string_view body, wire::JsonParser& parser, SteadyTime now, Plan& plan);

}  // namespace tierway::decision
