#include "gateway/provider_dialect.hpp"

namespace tierway::gateway {

dialect::Dialect wire_dialect(config::Dialect dialect) noexcept {
    switch (dialect) {
        case config::Dialect::OpenAi:
        case config::Dialect::Azure:
            return dialect::Dialect::Chat;
        case config::Dialect::OpenAiResponses:
            return dialect::Dialect::Responses;
        case config::Dialect::Anthropic:
            return dialect::Dialect::Anthropic;
        case config::Dialect::Gemini:
            return dialect::Dialect::Gemini;
        case config::Dialect::Bedrock:
            return dialect::Dialect::Converse;
    }
    return dialect::Dialect::Chat;
}

config::Dialect configured_dialect(dialect::Dialect door) noexcept {
    switch (door) {
        case dialect::Dialect::Responses:
            return config::Dialect::OpenAiResponses;
        case dialect::Dialect::Anthropic:
            return config::Dialect::Anthropic;
        default:
            return config::Dialect::OpenAi;
    }
}

dialect::ModelRules model_rules(const config::Model& model, std::int64_t output_tokens) {
    dialect::ModelRules rules;
    rules.model = model.upstream_name;
    rules.output_tokens_default = output_tokens;
    rules.sampling = model.capabilities.sampling;
    rules.thinks = model.capabilities.thinking != config::Thinking::None;
    rules.adaptive_thinking = model.capabilities.thinking == config::Thinking::Effort;
    rules.system_mid_conversation = false;
    return rules;
}

dialect::ChatRules chat_rules(const config::Provider& provider, const config::Model& model) noexcept {
    const config::Capabilities& can = model.capabilities;
    dialect::ChatRules rules;
    rules.vendor = dialect::find_chat_compatibility(provider.compatible_with);
    if (provider.output_limit_exclusive) {
        rules.output_limit = config::name_of(provider.output_limit_field);
    }
    rules.sampling = can.sampling;
    rules.logprobs = can.logprobs;
    rules.effort = can.thinking != config::Thinking::None;
    rules.efforts = can.efforts;
    rules.tools_without_thinking = can.chat == config::ChatSupport::ToolsWithoutThinking;
    return rules;
}

}  // namespace tierway::gateway
