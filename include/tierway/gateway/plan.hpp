#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/classify/classifier.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/dialect/chat_request.hpp"
#include "tierway/policy/binding.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::gateway {

/// What concerns the decision beside the body.
struct PlanOptions {
    const policy::Principal* principal = nullptr;  ///< Who asks. REQUIRES: there, and living as long as the plan.
    policy::QuotaBoard* quotas = nullptr;          ///< As `policy::approve` has it.
    std::string_view declared_class;               ///< `x-tierway-class`
    std::string_view max_tier;                     ///< `x-tierway-max-tier`
    std::string_view recovery;                     ///< `x-tierway-recovery`
    bool text_shape = false;                       ///< Describe the ask's shape even if no classifier stage looks at it.
};

/// The outcome of phases 2 to 6, filled in order: what a phase could not reach is absent. Views live as long as the body and the
/// parser.
struct Plan {
    dialect::ChatRequest request;
    const policy::Principal* principal = nullptr;  ///< An entry of the snapshot, or the local one.
    classify::Features features;
    std::optional<classify::Classification> classification;
    std::optional<config::TierId> ceiling;  ///< The request's own, from `x-tierway-max-tier`.
    std::optional<policy::Route> route;
    std::vector<policy::Climb> climbs;  ///< Asked of the approver while binding, in order, also when that ended the request.
    config::Recovery recovery = config::Recovery::Fail;
    Usd estimate;  ///< What the first attempt may cost at most.

    /// Forgets the last request and keeps the memory.
    void reset();
};

/// What one attempt at a model may cost at most: its whole prompt uncached, and the longest answer that request and model allow.
Usd attempt_estimate(const config::Model& model, const dialect::ChatRequest& request, std::int64_t prompt_tokens);

/// What the dearest of these models may charge for the request: the whole prompt, and the longest answers that it allows.
Usd dearest_attempt(const config::Snapshot& snapshot, std::span<const config::ModelId> models, const Plan& plan);

/// Read, identify, classify, bind, gate: everything that is decided before a byte is sent (DESIGN.md section 2). Pure without
/// quotas: it is what `explain` shows and what an offline evaluation replays.
/// \param parser indexes `body`, and must live as long as the plan.
Result<void> make_plan(const config::Snapshot& snapshot, const classify::Classifier& classifier, const PlanOptions& options,
                       std::string_view body, wire::JsonParser& parser, SteadyTime now, Plan& plan);

}  // namespace tierway::gateway
