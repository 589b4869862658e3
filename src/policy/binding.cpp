#include "tierway/policy/binding.hpp"

#include <algorithm>

#include "policy/eligibility.hpp"
#include "policy/refusals.hpp"
#include "tierway/base/assert.hpp"

namespace tierway::policy {
namespace {

/// The work on one request: what is given, and the route that grows from it.
struct Binding {
    const config::Snapshot& snapshot;
    const Principal& principal;
    const BindRequest& request;
    QuotaBoard* quotas;
    SteadyTime now;
    std::vector<Climb>& climbs;
    Eligibility eligible;
    Route route{};

    [[nodiscard]] const config::RequestClass& request_class() const { return snapshot.request_class(request.request_class); }

    const Climb& ask(config::TierId from, config::TierId to, ClimbReason why, Usd estimated) {
        // Whether the first attempt may cost that much is the gate's question.
        const ClimbRequest climb{request.request_class, from, to, why, request.request_ceiling, estimated};
        return climbs.emplace_back(Climb{from, to, why, estimated, approve(snapshot, principal, climb, quotas, now)});
    }
};

config::TierId start_tier(const Binding& binding) {
    config::TierId tier = binding.route.bound_tier;
    if (binding.request.request_ceiling) {
        tier = std::min(tier, *binding.request.request_ceiling);
    }
    if (binding.principal.max_tier) {
        tier = std::min(tier, *binding.principal.max_tier);
    }
    return tier;
}

void pass_over(Route& route, config::ModelId model, std::string_view missing) {
    const auto same = [model](const PassedOver& other) { return other.model == model; };
    if (std::none_of(route.passed_over.begin(), route.passed_over.end(), same)) {
        route.passed_over.push_back({model, missing});
    }
}

// Fills the targets with the tier's models that can serve the request; the others are noted as passed over.
void take_targets(Binding& binding, config::TierId tier) {
    Route& route = binding.route;
    route.tier = tier;
    for (const config::ModelId model : binding.snapshot.tier(tier).models) {
        if (const auto missing = binding.eligible.missing(model)) {
            pass_over(route, model, *missing);
        } else {
            route.targets.push_back(model);
        }
    }
}

// The next higher tiers in order, until one has a model that can serve. A denial is final: every ceiling that forbids one tier
// forbids all above it.
Result<void> climb_for_capability(Binding& binding, config::TierId from) {
    Route& route = binding.route;
    const std::size_t tiers = binding.snapshot.tiers.size();
    for (std::size_t next = config::index_of(route.tier) + 1; next < tiers; ++next) {
        const config::TierId tier{static_cast<std::uint16_t>(next)};
        if (!binding.eligible.can_serve(tier)) {
            take_targets(binding, tier);
            continue;
        }
        if (!binding.climbs.empty()) {
            binding.climbs.back().approval.hold.release();
        }
        const Climb& climb = binding.ask(from, tier, ClimbReason::Capability, binding.eligible.estimate(tier));
        if (!climb.approval.approved) {
            return capability_missing(binding.snapshot, route.passed_over, &climb);
        }
        take_targets(binding, tier);
        return {};
    }
    return capability_missing(binding.snapshot, route.passed_over, nullptr);
}

void plan_cascade(Binding& binding) {
    const auto& escalation = binding.request_class().escalation;
    if (!escalation || escalation->to <= binding.route.tier) {
        return;
    }
    CascadePlan plan{.to = escalation->to, .below = escalation->below, .targets = binding.eligible.models_of(escalation->to)};
    if (plan.targets.empty()) {
        return;
    }
    if (escalation->agreement) {
        const config::ModelId model = escalation->agreement->model.value_or(binding.route.targets.front());
        plan.agreement = binding.eligible.missing(model) ? std::nullopt : std::optional(model);
    }
    if (escalation->verifier) {
        const config::ModelId model = escalation->verifier->model;
        plan.verifier = binding.eligible.may_see_text(model) ? std::optional(model) : std::nullopt;
    }
    binding.route.cascade = std::move(plan);
}

void plan_when_down(const config::Snapshot& snapshot, const Eligibility& eligible, Route& route) {
    route.when_down.reset();
    if (snapshot.request_class(route.request_class).when_tier_is_down != config::WhenTierIsDown::Climb) {
        return;
    }
    for (std::size_t next = config::index_of(route.tier) + 1; next < snapshot.tiers.size(); ++next) {
        TierTargets higher{.tier = config::TierId{static_cast<std::uint16_t>(next)}, .targets = {}};
        higher.targets = eligible.models_of(higher.tier);
        if (!higher.targets.empty()) {
            route.when_down = std::move(higher);
            return;
        }
    }
}

Result<Route> bind_model(Binding& binding, config::ModelId model, config::TierId tier) {
    Route& route = binding.route;
    route.tier = tier;
    if (const auto missing = binding.eligible.missing(model)) {
        pass_over(route, model, *missing);
        return capability_missing(binding.snapshot, route.passed_over, nullptr).with_param("model");
    }
    route.targets.push_back(model);
    return std::move(route);
}

Result<Route> bind_tier(Binding& binding, config::TierId from, config::TierId tier) {
    take_targets(binding, tier);
    if (binding.route.targets.empty()) {
        if (const auto climbed = climb_for_capability(binding, from); !climbed) {
            return climbed.error();
        }
    }
    plan_cascade(binding);
    plan_when_down(binding.snapshot, binding.eligible, binding.route);
    return std::move(binding.route);
}

}  // namespace

Result<Route> bind(const config::Snapshot& snapshot, const Principal& principal, const BindRequest& request, QuotaBoard* quotas,
                   SteadyTime now, std::vector<Climb>& climbs) {
    Binding binding{snapshot, principal, request, quotas, now, climbs, Eligibility(snapshot, principal, request)};
    const config::RequestClass& request_class = binding.request_class();
    binding.route.request_class = request.request_class;
    binding.route.bound_tier = request_class.tier;

    const config::TierId start = start_tier(binding);
    config::TierId wished = request.wish.tier.value_or(start);
    if (request.wish.model) {
        const auto lowest = snapshot.lowest_tier_of(*request.wish.model);
        if (!lowest) {
            return Error::internal("The wished model is in no tier.");
        }
        wished = *lowest;
    }
    // Where the request stands without any climb.
    const config::TierId ground = std::min(start, principal.escalations.above.value_or(start));
    std::optional<config::ModelId> model = request.wish.model;
    struct Step {
        config::TierId from;  ///< Above it the step must be asked for; and whoever may not take it stays there.
        ClimbReason why;
    };
    bool approved = false;
    for (const Step& step : {Step{start, ClimbReason::ClientWish}, Step{ground, ClimbReason::Classified}}) {
        if (approved || wished <= step.from) {
            continue;
        }
        const Usd estimate = model ? binding.eligible.estimate(*model) : binding.eligible.estimate(wished);
        const Climb& climb = binding.ask(ground, wished, step.why, estimate);
        approved = climb.approval.approved;
        if (approved) {
            continue;
        }
        if (request_class.on_denied == config::OnDenied::Reject) {
            return escalation_denied(snapshot, request.request_class, climb);
        }
        wished = step.from;
        model.reset();
    }
    if (model) {
        return bind_model(binding, *model, wished);
    }
    return bind_tier(binding, std::min(ground, wished), wished);
}

void begin_higher(const config::Snapshot& snapshot, const Principal& principal, const BindRequest& request, Route& route) {
    TIERWAY_ASSERT(route.cascade);
    route.tier = route.cascade->to;
    route.targets = std::move(route.cascade->targets);
    route.cascade.reset();
    plan_when_down(snapshot, Eligibility(snapshot, principal, request), route);
}

}  // namespace tierway::policy
