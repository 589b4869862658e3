#include "dialect/anthropic/reply_members.hpp"

#include <algorithm>

namespace tierway::dialect::anthropic {

std::string service_tier_of(const wire::JsonValue& usage) {
    if (usage.find("speed").string_is("fast")) {
        return "priority";
    }
    const wire::JsonValue tier = usage.find("service_tier");
    return tier.string_is("standard") ? "default" : tier.to_string();
}

void write_usage(JsonWriter& json, const TokenUsage& usage, std::string_view service_tier) {
    const std::int64_t fresh = std::max<std::int64_t>(usage.prompt - usage.cached - usage.cache_write, 0);
    json.begin_object().integer("input_tokens", fresh).integer("cache_creation_input_tokens", usage.cache_write);
    json.integer("cache_read_input_tokens", usage.cached).key("cache_creation").begin_object();
    json.integer("ephemeral_5m_input_tokens", usage.cache_write - usage.cache_write_1h);
    json.integer("ephemeral_1h_input_tokens", usage.cache_write_1h).end_object();
    json.integer("output_tokens", usage.completion);
    if (usage.reasoning > 0) {
        json.key("output_tokens_details").begin_object().integer("thinking_tokens", usage.reasoning).end_object();
    }
    if (service_tier == "default" || service_tier == "priority") {
        json.text("service_tier", service_tier == "default" ? "standard" : "priority");
    }
    json.end_object();
}

std::string message_id(std::string_view id) {
    constexpr std::string_view kPrefix = "msg_";
    return id.starts_with(kPrefix) ? std::string(id) : std::string(kPrefix).append(id);
}

}  // namespace tierway::dialect::anthropic
