#include "tierway/policy/wish.hpp"

#include <string>
#include <vector>

#include "policy/quoted_name.hpp"
#include "tierway/base/did_you_mean.hpp"

namespace tierway::policy {
namespace {

constexpr std::string_view kAuto = "auto";
constexpr std::string_view kTierPrefix = "tier:";

Error not_found(std::string message) {
    return Error::downstream(ErrorKind::ModelNotFound, "model_not_found", std::move(message)).with_param("model");
}

// Everything a client may write, the commonest first: a long list is cut in the message.
Error unknown_model(const config::Snapshot& snapshot, std::string_view asked) {
    std::vector<std::string> tiers;
    tiers.reserve(snapshot.tiers.size());
    for (const config::Tier& tier : snapshot.tiers) {
        tiers.push_back(std::string(kTierPrefix) + tier.name);
    }
    std::vector<std::string_view> names{kAuto};
    names.insert(names.end(), tiers.begin(), tiers.end());
    for (std::size_t i = 0; i < snapshot.models.size(); ++i) {
        if (snapshot.lowest_tier_of(config::ModelId(i))) {
            names.push_back(snapshot.models[i].name);
        }
    }
    for (const auto& [alias, target] : snapshot.aliases) {
        names.push_back(alias);
    }
    return not_found("The model " + quoted_name(asked) + " does not exist here." + did_you_mean(asked, names));
}

}  // namespace

Result<Wish> read_wish(const config::Snapshot& snapshot, std::string_view model) {
    std::string_view name = model;
    if (name != kAuto) {
        if (const auto alias = snapshot.aliases.find(name); alias != snapshot.aliases.end()) {
            name = alias->second;
        }
    }
    if (name == kAuto) {
        return Wish{};
    }
    if (name.substr(0, kTierPrefix.size()) == kTierPrefix) {
        if (const auto tier = snapshot.find_tier(name.substr(kTierPrefix.size()))) {
            return Wish{.tier = tier, .model = std::nullopt};
        }
        return unknown_model(snapshot, model);
    }
    const auto found = snapshot.find_model(name);
    if (!found) {
        return unknown_model(snapshot, model);
    }
    if (!snapshot.lowest_tier_of(*found)) {
        return not_found("The model " + quoted_name(name) +
                         " is configured but in no tier, so it answers no requests; ask for `auto`, or have it added to a tier.");
    }
    return Wish{.tier = std::nullopt, .model = found};
}

}  // namespace tierway::policy
