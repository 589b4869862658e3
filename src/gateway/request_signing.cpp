#include "gateway/request_signing.hpp"

#include <array>

#include "tierway/base/sha256.hpp"
#include "tierway/wire/sigv4.hpp"

namespace tierway::gateway {

void append_signature(const config::Provider& provider, std::string_view target, std::string_view body, WallTime now,
                      std::string& head) {
    if (provider.aws.empty()) {
        return;
    }
    const std::string path = provider.base_url.prefix + std::string(target.substr(0, target.find('?')));
    const std::string host = provider.base_url.authority();
    const std::array<wire::HttpField, 1> fields{{{"content-type", "application/json"}}};
    wire::SigV4Request request;
    request.method = "POST";
    request.host = host;
    request.path = path;
    request.query = target.find('?') == std::string_view::npos ? std::string_view() : target.substr(target.find('?') + 1);
    request.fields = fields;
    request.body_hash = sha256(body);
    request.region = provider.region;
    request.service = "bedrock";
    request.time = now;
    const wire::AwsCredentials credentials{std::string(provider.aws.access_key_id.reveal()), provider.aws.secret_access_key,
                                           provider.aws.session_token};
    const wire::SigV4Fields signature = wire::sign_sigv4(request, credentials);
    head.append("Authorization: ").append(signature.authorization).append("\r\nx-amz-date: ").append(signature.date);
    head.append("\r\nx-amz-content-sha256: ").append(signature.content_sha256).append("\r\n");
    if (!provider.aws.session_token.empty()) {
        head.append("x-amz-security-token: ").append(provider.aws.session_token.reveal()).append("\r\n");
    }
}

}  // namespace tierway::gateway
