#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tierway/base/secret.hpp"
#include "tierway/base/sha256.hpp"
#include "tierway/base/time.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::wire {

struct AwsCredentials {
    std::string access_key_id;
    Secret secret_access_key;
    Secret session_token;  ///< Of temporary credentials; else empty.
};

/// What a signature covers. Views are only read while signing.
struct SigV4Request {
    std::string_view method;  ///< In capitals.
    std::string_view host;    ///< As in the `Host` field, with its port if it has one there.
    /// As it is sent: begins with `/`, percent-encoded, without `.` and `..`. AWS signs it encoded once more, for every service
    /// but S3.
    std::string_view path;
    std::string_view query;  ///< As it is sent, without the question mark; may be empty.
    /// Further fields that are to be signed, `Content-Type` for one. Each name once, and none of those that signing adds.
    std::span<const HttpField> fields;
    Sha256 body_hash{};
    std::string_view region;   ///< "us-east-1"
    std::string_view service;  ///< "bedrock"
    WallTime time{};
};

/// The fields that make a request a signed one. All are sent; `x-amz-security-token` with the credentials' session token too, when
/// there is one.
struct SigV4Fields {
    std::string authorization;   ///< `Authorization`
    std::string date;            ///< `x-amz-date`: "20250102T030405Z"
    std::string content_sha256;  ///< `x-amz-content-sha256`
};

/// AWS Signature Version 4 (WIRE.md section 5.3) over the whole body. Pure; costs about a dozen SHA-256 of short texts.
SigV4Fields sign_sigv4(const SigV4Request& request, const AwsCredentials& credentials);

}  // namespace tierway::wire
