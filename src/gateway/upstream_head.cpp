#include "gateway/upstream_head.hpp"

#include "tierway/dialect/converse.hpp"
#include "tierway/dialect/gemini.hpp"
#include "tierway/wire/percent_encoding.hpp"

namespace tierway::gateway {
namespace {

/// The version of Anthropic's API that all its models know (WIRE.md section 4.1).
constexpr std::string_view kAnthropicVersion = "2023-06-01";

/// Of OpenAI's API. \param operation "/chat/completions".
std::string openai_target(const config::Provider& provider, const config::Model& model, std::string_view operation) {
    if (provider.dialect != config::Dialect::Azure || provider.api_version.empty()) {
        return std::string(operation);
    }
    // Azure's older addresses name the deployment (WIRE.md section 5.2).
    std::string target = "/openai/deployments/";
    wire::append_percent_encoded(target, model.upstream_name);
    target.append(operation).append("?api-version=");
    wire::append_percent_encoded(target, provider.api_version);
    return target;
}

}  // namespace

std::string credential_field(const config::Provider& provider) {
    if (provider.api_key.empty()) {
        return {};
    }
    std::string field = "Authorization: Bearer ";
    if (provider.dialect == config::Dialect::Azure) {
        field = "api-key: ";
    } else if (provider.dialect == config::Dialect::Anthropic) {
        field = "x-api-key: ";
    } else if (provider.dialect == config::Dialect::Gemini) {
        field = "x-goog-api-key: ";
    }
    return field.append(provider.api_key.reveal()).append("\r\n");
}

std::string upstream_target(const config::Provider& provider, const config::Model& model, dialect::Dialect dialect, bool streamed) {
    if (model.kind == config::ModelKind::Embedding) {
        return openai_target(provider, model, "/embeddings");
    }
    switch (dialect) {
        case dialect::Dialect::Chat:
            return openai_target(provider, model, "/chat/completions");
        case dialect::Dialect::Responses:
            return "/responses";
        case dialect::Dialect::Anthropic:
            return "/v1/messages";
        case dialect::Dialect::Gemini:
            return dialect::gemini::path(model.upstream_name, streamed);
        case dialect::Dialect::Converse:
            return dialect::converse::path(model.upstream_name, streamed);
        case dialect::Dialect::Completions:
            break;
    }
    return {};
}

std::string upstream_head(const config::Provider& provider, std::string_view target) {
    std::string head = "POST " + provider.base_url.prefix;
    head.append(target).append(" HTTP/1.1\r\nHost: ").append(provider.base_url.authority());
    head.append("\r\nContent-Type: application/json\r\n").append(credential_field(provider));
    return head + "User-Agent: tierway\r\nContent-Length: ";
}

void append_provider_fields(const config::Provider& provider, dialect::Dialect dialect, std::string& head) {
    if (dialect == dialect::Dialect::Anthropic) {
        head.append("anthropic-version: ").append(provider.api_version.empty() ? kAnthropicVersion : provider.api_version).append("\r\n");
    }
}

}  // namespace tierway::gateway
