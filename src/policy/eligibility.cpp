#include "policy/eligibility.hpp"

#include <algorithm>

#include "policy/refusals.hpp"

namespace tierway::policy {

Eligibility::Eligibility(const config::Snapshot& snapshot, const Principal& principal, const BindRequest& request)
    : snapshot_(snapshot),
      principal_(principal),
      request_(request),
      stay_inside_(request.needs.stay_inside || snapshot.request_class(request.request_class).stay_inside ||
                   principal.stay_inside) {}

std::optional<std::string_view> Eligibility::missing(config::ModelId model) const {
    if (!principal_.may_use(model)) {
        return kPermissionOfTheKey;
    }
    Needs needs = request_.needs;
    needs.stay_inside = stay_inside_;
    if (request_.prompt_tokens) {
        needs.prompt_tokens = request_.prompt_tokens(model);
    }
    return missing_capability(snapshot_, snapshot_.model(model), needs);
}

bool Eligibility::may_see_text(config::ModelId model) const {
    if (!principal_.may_use(model) || request_.needs.vision || request_.needs.audio) {
        return false;
    }
    Needs needs;
    needs.stay_inside = stay_inside_;
    return !missing_capability(snapshot_, snapshot_.model(model), needs);
}

bool Eligibility::can_serve(config::TierId tier) const {
    const auto& models = snapshot_.tier(tier).models;
    return std::any_of(models.begin(), models.end(), [this](config::ModelId model) { return !missing(model); });
}

std::vector<config::ModelId> Eligibility::models_of(config::TierId tier) const {
    std::vector<config::ModelId> models;
    for (const config::ModelId model : snapshot_.tier(tier).models) {
        if (!missing(model)) {
            models.push_back(model);
        }
    }
    return models;
}

Usd Eligibility::estimate(config::TierId tier) const {
    Usd dearest;
    for (const config::ModelId model : snapshot_.tier(tier).models) {
        if (!missing(model)) {
            dearest = std::max(dearest, estimate(model));
        }
    }
    return dearest;
}

Usd Eligibility::estimate(config::ModelId model) const {
    return request_.estimate ? request_.estimate(model) : Usd();
}

}  // namespace tierway::policy
