#pragma once

#include <string>
#include <utility>

#include "tierway/config/snapshot.hpp"

namespace tierway::policy::testing {

inline constexpr config::TierId kSmall{0};
inline constexpr config::TierId kMid{1};
inline constexpr config::TierId kFrontier{2};

inline constexpr config::ModelId kTiny{0};    ///< small, inside
inline constexpr config::ModelId kMini{1};    ///< small, outside
inline constexpr config::ModelId kMedium{2};  ///< mid, inside
inline constexpr config::ModelId kLarge{3};   ///< frontier, outside
inline constexpr config::ModelId kHuge{4};    ///< frontier, outside
inline constexpr config::ModelId kUnused{5};  ///< in no tier

inline constexpr config::ClassId kChat{0};

/// Three tiers and one class bound to the small one that escalates to the frontier; every model can do everything.
inline config::Snapshot three_tiers() {
    config::Snapshot snapshot;
    snapshot.providers.resize(2);
    snapshot.providers[0].name = "onprem";
    snapshot.providers[0].boundary = config::Boundary::Inside;
    snapshot.providers[1].name = "cloud";
    const auto model = [](const char* name, std::uint16_t provider) {
        config::Model result;
        result.name = name;
        result.provider = config::ProviderId{provider};
        config::Capabilities& can = result.capabilities;
        can.vision = can.audio = can.tools = can.json_schema = config::Support::Yes;
        can.logprobs = true;
        return result;
    };
    snapshot.models = {model("onprem/tiny", 0), model("cloud/mini", 1), model("onprem/medium", 0),
                       model("cloud/large", 1), model("cloud/huge", 1), model("cloud/unused", 1)};
    snapshot.tiers = {{"small", {kTiny, kMini}}, {"mid", {kMedium}}, {"frontier", {kLarge, kHuge}}};
    config::RequestClass chat;
    chat.name = "chat";
    chat.tier = kSmall;
    chat.escalation = config::Escalation{kFrontier, 0.6};
    chat.max_tier = kFrontier;
    snapshot.classes = {chat};
    snapshot.aliases = {
        {"gpt-4o", "auto"}, {"cheap", "tier:small"}, {"best", "cloud/large"}, {"auto", "tier:frontier"}, {"loop", "gpt-4o"}};
    return snapshot;
}

/// A key with these quotas. \returns its principal, as long as no other key is added.
inline config::Principal& add_key(config::Snapshot& snapshot, const config::EscalationQuotas& quotas, std::string id = "k") {
    config::AccessKey key;
    key.principal.id = std::move(id);
    key.principal.key = config::KeyId(snapshot.keys.size());
    key.principal.escalations = quotas;
    snapshot.keys.push_back(std::move(key));
    return snapshot.keys.back().principal;
}

}  // namespace tierway::policy::testing
