#include "tierway/wire/sigv4.hpp"

#include <gtest/gtest.h>

#include <array>

#include "wire/sigv4_canonical.hpp"

namespace tierway::wire {
namespace {

// The keys of the vendor's published examples. Signatures of the second to the fourth test were made with botocore 1.43.
AwsCredentials example_credentials(std::string session_token = {}) {
    return {"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), Secret(std::move(session_token))};
}

/// 2025-01-02T03:04:05Z
WallTime example_time() {
    return WallTime(std::chrono::seconds(1'735'787'045));
}

constexpr std::array<HttpField, 1> kContentType = {{{"Content-Type", "application/json"}}};

SigV4Request example_request() {
    SigV4Request request;
    request.method = "POST";
    request.fields = kContentType;
    request.region = "us-east-1";
    request.service = "bedrock";
    request.time = example_time();
    return request;
}

bool ends_with_signature(const SigV4Fields& fields, std::string_view signature) {
    return fields.authorization.ends_with("Signature=" + std::string(signature));
}

TEST(SigV4, SignsAsTheVendorDoesWithTemporaryCredentials) {
    SigV4Request request = example_request();
    request.host = "bedrock-mantle.us-east-1.api.aws";
    request.path = "/openai/v1/responses";
    request.service = "bedrock-mantle";
    request.body_hash = sha256(R"({"model":"gpt-4o","input":"hello"})");

    const CanonicalRequest canonical = canonical_request(request, "20250102T030405Z", "fixture-session-token");
    EXPECT_EQ(hex_of(sha256(canonical.text)), "1b69b17ef7548a7bf16a6ee749acfd44b7793e04216345dddd6cfaf4c01bfde5");
    const SigV4Fields fields = sign_sigv4(request, example_credentials("fixture-session-token"));
    EXPECT_EQ(fields.date, "20250102T030405Z");
    EXPECT_EQ(fields.content_sha256, "50329e51ad520f21b77bad0b01999930ff556cd1bf18434701251ba6c9f877bc");
    EXPECT_EQ(fields.authorization,
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250102/us-east-1/bedrock-mantle/aws4_request, "
              "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, "
              "Signature=dc20c8fbe516daf0ccae7e5b7a78fc2936870413a9f1af6e1b2d44b970ce411f");
}

TEST(SigV4, SignsAnEncodedPathEncodedOnceMore) {
    SigV4Request request = example_request();
    request.host = "bedrock-runtime.us-east-1.amazonaws.com";
    request.path = "/model/x-v1%3A0/converse";
    request.body_hash = sha256(R"({"messages":[]})");

    const CanonicalRequest canonical = canonical_request(request, "20250102T030405Z", "");
    EXPECT_TRUE(canonical.text.starts_with("POST\n/model/x-v1%253A0/converse\n\ncontent-type:application/json\n"));
    EXPECT_EQ(hex_of(sha256(canonical.text)), "4b69b96e2da5bbd76ca8738f1f07d289f4d20ebe604361cafc3ba676beba16e7");
    EXPECT_TRUE(ends_with_signature(sign_sigv4(request, example_credentials()),
                                    "6225644216c7a5814aa88fbad6b409130e7c97212baa0df42e80e0610b2d8786"));
}

TEST(SigV4, SignsFurtherFieldsInOrderWithoutNeedlessSpace) {
    SigV4Request request = example_request();
    const std::array<HttpField, 2> fields = {{{"X-Custom", "  a   b  "}, {"Content-Type", "application/json"}}};
    request.host = "bedrock-runtime.eu-west-1.amazonaws.com";
    request.path = "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Ainference-profile%2F"
                   "eu.anthropic.claude-sonnet-5-v1%3A0/converse-stream";
    request.region = "eu-west-1";
    request.fields = fields;
    request.body_hash = sha256("{}");
    EXPECT_TRUE(ends_with_signature(sign_sigv4(request, example_credentials()),
                                    "2bd65f7f99a6aa2cb338d351541dc5ea291327ce0109176571d7effb59573682"));
}

TEST(SigV4, SortsTheQueryByNameThenValue) {
    SigV4Request request = example_request();
    request.method = "GET";
    request.host = "bedrock-runtime.us-east-1.amazonaws.com";
    request.path = "/models";
    request.query = "b=2&a=1&a=0&empty=&c";
    request.fields = {};
    request.body_hash = sha256("");
    EXPECT_TRUE(ends_with_signature(sign_sigv4(request, example_credentials()),
                                    "e44807f29674e81072f0d19b621a132e8011462e2a82088615ca9d119934cb9b"));
}

TEST(SigV4, TheBodyTheTimeAndTheKeyAllCount) {
    const SigV4Request request = example_request();
    const std::string authorization = sign_sigv4(request, example_credentials()).authorization;
    SigV4Request other_body = request;
    other_body.body_hash = sha256("x");
    EXPECT_NE(sign_sigv4(other_body, example_credentials()).authorization, authorization);
    SigV4Request later = request;
    later.time += std::chrono::seconds(1);
    EXPECT_NE(sign_sigv4(later, example_credentials()).authorization, authorization);
    const AwsCredentials other_key{"AKIDEXAMPLE", Secret("other"), Secret()};
    EXPECT_NE(sign_sigv4(request, other_key).authorization, authorization);
    EXPECT_EQ(sign_sigv4(request, example_credentials()).authorization, authorization);
}

TEST(SigV4, TellsNobodyTheSecret) {
    const SigV4Fields fields = sign_sigv4(example_request(), example_credentials("session-secret"));
    EXPECT_EQ(fields.authorization.find("wJalr"), std::string::npos);
    EXPECT_EQ(fields.authorization.find("session-secret"), std::string::npos);
}

}  // namespace
}  // namespace tierway::wire
