#include "tierway/gateway/policy_outline.hpp"

#include <nlohmann/json.hpp>

#include "gateway/runtime.hpp"

namespace tierway::gateway {

using nlohmann::ordered_json;

std::string policy_outline_json(const RuntimeHandle& runtime, std::string_view version) {
    const config::Snapshot& snapshot = runtime->snapshot();
    ordered_json tiers = ordered_json::array();
    for (const config::Tier& tier : snapshot.tiers) {
        ordered_json models = ordered_json::array();
        for (const config::ModelId model : tier.models) {
            models.push_back(snapshot.model(model).name);
        }
        tiers.push_back({{"tier", tier.name}, {"models", std::move(models)}});
    }
    ordered_json classes = ordered_json::array();
    for (const config::RequestClass& request_class : snapshot.classes) {
        ordered_json entry{{"class", request_class.name}, {"tier", snapshot.tier(request_class.tier).name}};
        if (request_class.escalation) {
            entry["escalates_to"] = snapshot.tier(request_class.escalation->to).name;
            if (!request_class.escalation->gain) {
                entry["below"] = request_class.escalation->below;
            }
        }
        classes.push_back(std::move(entry));
    }
    ordered_json keys = ordered_json::array();
    for (const config::AccessKey& key : snapshot.keys) {
        keys.push_back(key.principal.id);
    }
    const ordered_json outline{{"version", version},
                               {"policy", snapshot.policy_hash},
                               {"tiers", std::move(tiers)},
                               {"classes", std::move(classes)},
                               {"keys", std::move(keys)}};
    return outline.dump() + '\n';
}

}  // namespace tierway::gateway
