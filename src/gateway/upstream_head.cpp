#include "gateway/upstream_head.hpp"

#include <string_view>

#include "tierway/dialect/converse.hpp"
#include "tierway/dialect/gemini.hpp"

namespace tierway::gateway {
namespace {

std::string path_of(const config::Provider& provider, const config::Model& model, bool streamed) {
    switch (provider.dialect) {
        case config::Dialect::OpenAi:
        case config::Dialect::Azure:
            return "/chat/completions";
        case config::Dialect::OpenAiResponses:
            return "/responses";
        case config::Dialect::Anthropic:
            return "/v1/messages";
        case config::Dialect::Gemini:
            return dialect::gemini::path(model.upstream_name, streamed);
        case config::Dialect::Bedrock:
            return dialect::converse::path(model.upstream_name, streamed);
    }
    return {};
}

std::string credential_header(const config::Provider& provider) {
    if (provider.api_key.empty()) {
        return {};
    }
    std::string header = "Authorization: Bearer ";
    if (provider.dialect == config::Dialect::Azure) {
        header = "api-key: ";
    } else if (provider.dialect == config::Dialect::Anthropic) {
        header = "x-api-key: ";
    } else if (provider.dialect == config::Dialect::Gemini) {
        header = "x-goog-api-key: ";
    }
    return header.append(provider.api_key.reveal()).append("\r\n");
}

}  // namespace

std::string upstream_head(const config::Provider& provider, const config::Model& model, bool streamed) {
    std::string head = "POST " + provider.base_url.prefix + path_of(provider, model, streamed) +
                       " HTTP/1.1\r\nHost: " + provider.base_url.authority() + "\r\nContent-Type: application/json\r\n";
    head += credential_header(provider);
    return head + "User-Agent: tierway\r\nContent-Length: ";
}

}  // namespace tierway::gateway
