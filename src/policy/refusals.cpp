#include "policy/refusals.hpp"

#include <algorithm>
#include <string>

#include "tierway/base/assert.hpp"

namespace tierway::policy {
namespace {

constexpr std::size_t kModelsListedMax = 12;

std::string explained(std::string_view reason) {
    if (reason == "class_ceiling") {
        return "the class's `max_tier` is lower";
    }
    if (reason == "key_ceiling") {
        return "the key's `max_tier` is lower";
    }
    if (reason == "request_ceiling") {
        return "the request's own `x-tierway-max-tier` is lower";
    }
    if (reason == "request_cost") {
        return "the request would cost more than it may in all";
    }
    if (reason == "key_quota_count") {
        return "the key has used up its escalations of the last hour";
    }
    if (reason == "key_quota_share") {
        return "too large a share of the key's calls of the last hour was escalated";
    }
    return "what is left of the key's USD for escalations of the last hour does not cover the request";
}

}  // namespace

Error escalation_denied(const config::Snapshot& snapshot, config::ClassId request_class, const Climb& climb) {
    return Error::downstream(ErrorKind::EscalationDenied, "escalation_not_approved",
                             "Requests of class `" + snapshot.request_class(request_class).name +
                                 "` may not be answered by tier `" + snapshot.tier(climb.to).name + "` (" +
                                 std::string(climb.approval.reason) + ": " + explained(climb.approval.reason) +
                                 "). Ask for `auto` or `tier:" + snapshot.tier(climb.from).name + "` instead.")
        .with_param("model");
}

Error capability_missing(const config::Snapshot& snapshot, const std::vector<PassedOver>& passed_over, const Climb* denied) {
    TIERWAY_ASSERT(!passed_over.empty());
    const std::string missing(passed_over.front().missing);
    std::string message = "No model that may answer this request offers what it needs (" + missing + "): ";
    for (std::size_t i = 0; i < std::min(passed_over.size(), kModelsListedMax); ++i) {
        message +=
            (i == 0 ? "`" : ", `") + snapshot.model(passed_over[i].model).name + "` lacks " + std::string(passed_over[i].missing);
    }
    message += passed_over.size() > kModelsListedMax ? ", …." : ".";
    if (denied != nullptr) {
        message += " Tier `" + snapshot.tier(denied->to).name + "` offers it, but the climb was not approved (" +
                   std::string(denied->approval.reason) + ": " + explained(denied->approval.reason) + ").";
    } else {
        message += " Send the request without it, or ask for a model that offers it.";
    }
    const bool not_allowed = std::all_of(passed_over.begin(), passed_over.end(),
                                         [](const PassedOver& passed) { return passed.missing == kPermissionOfTheKey; });
    return not_allowed ? Error::downstream(ErrorKind::ModelNotAllowed, "model_not_allowed", std::move(message))
                       : Error::downstream(ErrorKind::MissingCapability, "model_capability_missing", std::move(message));
}

}  // namespace tierway::policy
