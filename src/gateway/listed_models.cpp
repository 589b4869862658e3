#include "gateway/listed_models.hpp"

#include <algorithm>

namespace tierway::gateway {
namespace {

constexpr std::string_view kAuto = "auto";
constexpr std::string_view kTierPrefix = "tier:";
constexpr std::string_view kOurs = "tierway";

bool may_ask_for(const config::Snapshot& snapshot, const policy::Principal& principal, config::ModelId id) {
    const config::Provider& provider = snapshot.provider(snapshot.model(id).provider);
    return principal.may_use(id) && (!principal.stay_inside || provider.boundary == config::Boundary::Inside);
}

bool is_below_ceiling(const policy::Principal& principal, config::TierId tier) {
    return !principal.max_tier || tier <= *principal.max_tier;
}

}  // namespace

std::vector<ListedModel> listed_models(const config::Snapshot& snapshot, const policy::Principal& principal) {
    std::vector<ListedModel> listed{{std::string(kAuto), kOurs}};
    for (std::size_t i = 0; i < snapshot.tiers.size(); ++i) {
        const std::vector<config::ModelId>& models = snapshot.tiers[i].models;
        if (is_below_ceiling(principal, config::TierId(i)) &&
            std::any_of(models.begin(), models.end(), [&](config::ModelId id) { return may_ask_for(snapshot, principal, id); })) {
            listed.push_back({std::string(kTierPrefix) + snapshot.tiers[i].name, kOurs});
        }
    }
    const std::size_t tiers_end = listed.size();
    for (std::size_t i = 0; i < snapshot.models.size(); ++i) {
        const config::ModelId id{static_cast<std::uint16_t>(i)};
        const auto tier = snapshot.lowest_tier_of(id);
        if (tier && is_below_ceiling(principal, *tier) && may_ask_for(snapshot, principal, id)) {
            listed.push_back({snapshot.models[i].name, snapshot.provider(snapshot.models[i].provider).name});
        }
    }
    // An alias is listed where what it stands for is: after the tiers, before the models.
    std::vector<ListedModel> aliases;
    for (const auto& [alias, target] : snapshot.aliases) {
        if (std::any_of(listed.begin(), listed.end(), [&](const ListedModel& known) { return known.id == target; })) {
            aliases.push_back({alias, kOurs});
        }
    }
    listed.insert(listed.begin() + static_cast<std::ptrdiff_t>(tiers_end), aliases.begin(), aliases.end());
    return listed;
}

}  // namespace tierway::gateway
