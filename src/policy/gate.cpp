#include "tierway/policy/gate.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "policy/eligibility.hpp"

namespace tierway::policy {
namespace {

bool is_acknowledged_by_callers(const config::Snapshot& snapshot) {
    return !snapshot.gate || snapshot.gate->action == config::GateAction::Acknowledge;
}

std::optional<Usd> ceiling_of(const config::Snapshot& snapshot, config::ClassId request_class, std::optional<Usd> accepted) {
    const std::optional<Usd> limit = snapshot.usd_per_request(request_class);
    if (accepted && (!limit || is_acknowledged_by_callers(snapshot))) {
        return accepted;
    }
    return accepted ? std::min(*accepted, *limit) : limit;
}

Usd dearest(const Eligibility& eligible, const std::vector<config::ModelId>& models) {
    Usd most;
    for (const config::ModelId model : models) {
        most = std::max(most, eligible.estimate(model));
    }
    return most;
}

// What a climb took of the key's quotas for more than the request is going to get.
void shorten_climbs(config::TierId reached, Usd estimate, std::vector<Climb>& climbs) {
    for (Climb& climb : climbs) {
        if (!climb.approval.approved || climb.to <= reached) {
            continue;
        }
        if (climb.from < reached) {
            climb.to = reached;
            climb.estimate = estimate;
        } else {
            climb.approval.hold.release();
            climb.approval = {false, "request_cost", {}};
        }
    }
}

// The dearest tier at or below the highest with models that can serve the request within the ceiling.
std::optional<TierTargets> affordable(const Eligibility& eligible, config::TierId highest, Usd ceiling) {
    for (std::size_t tier = config::index_of(highest) + 1; tier-- > 0;) {
        TierTargets found{.tier = config::TierId(tier), .targets = {}};
        for (const config::ModelId model : eligible.models_of(found.tier)) {
            if (eligible.estimate(model) <= ceiling) {
                found.targets.push_back(model);
            }
        }
        if (!found.targets.empty()) {
            return found;
        }
    }
    return std::nullopt;
}

std::string above_limit(const config::Snapshot& snapshot, const Route& route, const GatePass& pass) {
    return "This request may cost up to " + pass.estimate.to_string() + " USD, which is more than the " +
           pass.ceiling->to_string() + " USD that a request of class `" + snapshot.request_class(route.request_class).name + "` ";
}

Error acknowledgement_required(const config::Snapshot& snapshot, const Route& route, bool has_accepted, const GatePass& pass) {
    return Error::downstream(
        ErrorKind::TooExpensive, "cost_acknowledgement_required",
        above_limit(snapshot, route, pass) + (has_accepted ? "was acknowledged for" : "may cost without its caller's word") +
            ". To accept it, send it again with the header `x-tierway-acknowledge-usd: " + pass.estimate.to_string() +
            "`, or a larger amount; or ask for fewer output tokens (`max_completion_tokens`), or for a cheaper model.");
}

Error too_expensive(const config::Snapshot& snapshot, const Route& route, const GatePass& pass) {
    return Error::downstream(ErrorKind::TooExpensive, "request_too_expensive",
                             above_limit(snapshot, route, pass) +
                                 "may cost. Ask for fewer output tokens (`max_completion_tokens`), send a shorter prompt, or ask "
                                 "for a cheaper model.");
}

}  // namespace

std::string_view name_of(GateVerdict verdict) noexcept {
    switch (verdict) {
        case GateVerdict::Open:
            return "open";
        case GateVerdict::Passed:
            return "passed";
        case GateVerdict::Acknowledged:
            return "acknowledged";
        case GateVerdict::Downgraded:
            return "downgraded";
        case GateVerdict::Unaccepted:
            return "acknowledgement_required";
        case GateVerdict::Rejected:
            return "rejected";
    }
    return "unknown";
}

Result<void> pass_gate(const config::Snapshot& snapshot, const Principal& principal, const BindRequest& request,
                       std::optional<Usd> accepted, Route& route, std::vector<Climb>& climbs, GatePass& pass) {
    const Eligibility eligible(snapshot, principal, request);
    pass = {};
    pass.estimate = dearest(eligible, route.targets);
    pass.ceiling = ceiling_of(snapshot, request.request_class, accepted);
    if (!pass.ceiling) {
        return {};
    }
    if (pass.estimate <= *pass.ceiling) {
        const std::optional<Usd> limit = snapshot.usd_per_request(request.request_class);
        pass.verdict = limit && pass.estimate > *limit ? GateVerdict::Acknowledged : GateVerdict::Passed;
        return {};
    }
    if (is_acknowledged_by_callers(snapshot)) {
        pass.verdict = GateVerdict::Unaccepted;
        return acknowledgement_required(snapshot, route, accepted.has_value(), pass);
    }
    std::optional<TierTargets> lower;
    if (snapshot.gate->action == config::GateAction::Downgrade) {
        lower = affordable(eligible, route.tier, *pass.ceiling);
    }
    if (!lower) {
        pass.verdict = GateVerdict::Rejected;
        return too_expensive(snapshot, route, pass);
    }
    pass.verdict = GateVerdict::Downgraded;
    pass.from = route.tier;
    pass.estimate_there = pass.estimate;
    pass.estimate = dearest(eligible, lower->targets);
    route.tier = lower->tier;
    route.targets = std::move(lower->targets);
    shorten_climbs(route.tier, pass.estimate, climbs);
    return {};
}

}  // namespace tierway::policy
