#include "tierway/wire/sigv4.hpp"

#include "tierway/base/hmac_sha256.hpp"
#include "tierway/base/time_text.hpp"
#include "wire/sigv4_canonical.hpp"

namespace tierway::wire {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";

/// "20250102T030405Z"
std::string amz_date(WallTime time) {
    std::string date = rfc3339(time);
    std::erase_if(date, [](char c) { return c == '-' || c == ':'; });
    return date;
}

std::string_view bytes_of(const Sha256& digest) noexcept {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

SigV4Fields sign_sigv4(const SigV4Request& request, const AwsCredentials& credentials) {
    SigV4Fields fields;
    fields.date = amz_date(request.time);
    fields.content_sha256 = hex_of(request.body_hash);
    const std::string_view day = std::string_view(fields.date).substr(0, fields.date.find('T'));
    const CanonicalRequest canonical = canonical_request(request, fields.date, credentials.session_token.reveal());

    std::string scope;
    scope.append(day).append("/").append(request.region).append("/").append(request.service).append("/").append(kTerminator);
    std::string to_sign;
    to_sign.append(kAlgorithm).append("\n").append(fields.date).append("\n").append(scope).append("\n");
    to_sign.append(hex_of(sha256(canonical.text)));

    Sha256 key = hmac_sha256(std::string("AWS4").append(credentials.secret_access_key.reveal()), day);
    for (const std::string_view step : {request.region, request.service, kTerminator}) {
        key = hmac_sha256(bytes_of(key), step);
    }
    fields.authorization.append(kAlgorithm).append(" Credential=").append(credentials.access_key_id).append("/").append(scope);
    fields.authorization.append(", SignedHeaders=").append(canonical.signed_names);
    fields.authorization.append(", Signature=").append(hex_of(hmac_sha256(bytes_of(key), to_sign)));
    return fields;
}

}  // namespace tierway::wire
