#include "tierway/config/snapshot.hpp"

#include <algorithm>

namespace tierway::config {
namespace {

// A configuration names a handful of things, so a walk over them is quicker than any index.
template <class Id, class Item>
std::optional<Id> find_by_name(const std::vector<Item>& items, std::string_view name) noexcept {
    const auto found = std::find_if(items.begin(), items.end(), [name](const Item& item) { return item.name == name; });
    if (found == items.end()) {
        return std::nullopt;
    }
    return Id(found - items.begin());
}

}  // namespace

std::string_view name_of(Dialect dialect) noexcept {
    switch (dialect) {
        case Dialect::OpenAi:
            return "openai";
        case Dialect::Azure:
            return "azure";
        case Dialect::OpenAiResponses:
            return "openai_responses";
        case Dialect::Anthropic:
            return "anthropic";
        case Dialect::Gemini:
            return "gemini";
        case Dialect::Bedrock:
            return "bedrock";
    }
    return {};
}

bool speak_alike(Dialect one, Dialect other) noexcept {
    const auto wire = [](Dialect dialect) { return dialect == Dialect::Azure ? Dialect::OpenAi : dialect; };
    return wire(one) == wire(other);
}

std::string_view name_of(OutputLimitField field) noexcept {
    return field == OutputLimitField::MaxCompletionTokens ? "max_completion_tokens" : "max_tokens";
}

Dialect Snapshot::dialect_of(ModelId id, bool with_tools) const noexcept {
    const Model& asked = model(id);
    const Provider& asker = provider(asked.provider);
    const ChatSupport chat = asked.capabilities.chat;
    const bool lacking = chat == ChatSupport::None || (with_tools && chat != ChatSupport::Full);
    const bool is_chat = asker.dialect == Dialect::OpenAi || asker.dialect == Dialect::Azure;
    return lacking && is_chat && asker.responses ? Dialect::OpenAiResponses : asker.dialect;
}

std::string Snapshot::deployment_of(ModelId id) const {
    const Model& deployed = model(id);
    const BaseUrl& url = provider(deployed.provider).base_url;
    return deployed.name + " " + deployed.upstream_name + (url.tls ? " https://" : " http://") + url.authority() + url.prefix;
}

std::optional<Usd> Snapshot::usd_per_request(ClassId id) const noexcept {
    if (!gate) {
        return std::nullopt;
    }
    return request_class(id).usd_per_request.value_or(gate->usd_per_request);
}

std::optional<ModelId> Snapshot::find_model(std::string_view name) const noexcept {
    return find_by_name<ModelId>(models, name);
}

std::optional<TierId> Snapshot::find_tier(std::string_view name) const noexcept {
    return find_by_name<TierId>(tiers, name);
}

std::optional<ClassId> Snapshot::find_class(std::string_view name) const noexcept {
    return find_by_name<ClassId>(classes, name);
}

std::optional<KeyId> Snapshot::find_key(std::string_view principal_id) const noexcept {
    const auto found = std::find_if(keys.begin(), keys.end(),
                                    [&](const AccessKey& candidate) { return candidate.principal.id == principal_id; });
    if (found == keys.end()) {
        return std::nullopt;
    }
    return KeyId(found - keys.begin());
}

bool Snapshot::may_listen_at(const Endpoint& endpoint) const {
    return !keys.empty() || server.anyone_without_keys || endpoint.is_loopback();
}

std::optional<TierId> Snapshot::lowest_tier_of(ModelId id) const noexcept {
    const auto found = std::find_if(tiers.begin(), tiers.end(), [id](const Tier& candidate) {
        return std::find(candidate.models.begin(), candidate.models.end(), id) != candidate.models.end();
    });
    if (found == tiers.end()) {
        return std::nullopt;
    }
    return TierId(found - tiers.begin());
}

}  // namespace tierway::config
