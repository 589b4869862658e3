#include "tierway/dialect/error_body.hpp"

#include "dialect/anthropic/talk.hpp"

namespace tierway::dialect::anthropic {
namespace {

TEST(AnthropicErrorBody, IsTheApisEnvelope) {
    const Error error = Error::downstream(ErrorKind::InvalidRequest, "invalid_type", "Say \"it\".").with_param("messages.0");
    EXPECT_EQ(Json::parse(error_body(error, "req_1")),
              Json::parse(R"({"type":"error","error":{"type":"invalid_request_error","message":"Say \"it\".","code":"invalid_type","param":"messages.0"},"request_id":"req_1"})"));
    const Json bare = Json::parse(error_body(Error::internal("x"), "", R"(,"tierway":{"tier":"small"})"));
    EXPECT_EQ(bare["request_id"], nullptr);
    EXPECT_EQ(bare["error"]["param"], nullptr);
    EXPECT_EQ(bare["error"]["tierway"]["tier"], "small");
}

TEST(AnthropicErrorBody, NamesEveryStatusAsTheApiDoes) {
    const std::vector<std::pair<Error, std::string>> cases = {
        {Error::downstream(ErrorKind::InvalidRequest, "x", "m"), "invalid_request_error"},
        {Error::downstream(ErrorKind::MissingCapability, "x", "m"), "invalid_request_error"},
        {Error::downstream(ErrorKind::Unauthorized, "x", "m"), "authentication_error"},
        {Error::downstream(ErrorKind::ClassNotAllowed, "x", "m"), "permission_error"},
        {Error::downstream(ErrorKind::EscalationDenied, "x", "m"), "permission_error"},
        {Error::downstream(ErrorKind::BudgetExceeded, "budget_exceeded", "m"), "billing_error"},
        {Error::downstream(ErrorKind::TooExpensive, "x", "m"), "billing_error"},
        {Error::downstream(ErrorKind::RequestRateExceeded, "x", "m"), "rate_limit_error"},
        {Error::downstream(ErrorKind::ModelNotFound, "x", "m"), "not_found_error"},
        {Error::downstream(ErrorKind::MethodNotAllowed, "x", "m"), "invalid_request_error"},
        {Error::downstream(ErrorKind::RequestTimeout, "x", "m"), "timeout_error"},
        {Error::downstream(ErrorKind::PayloadTooLarge, "x", "m"), "request_too_large"},
        {Error::internal("m"), "api_error"},
        {Error::downstream(ErrorKind::Overloaded, "x", "m"), "overloaded_error"},
        {Error::upstream(ErrorKind::UpstreamMalformed, "x", "m"), "api_error"},
        {Error::upstream(ErrorKind::UpstreamTimeout, "x", "m"), "timeout_error"},
        {Error::upstream(ErrorKind::UpstreamUnavailable, "x", "m").with_status(529), "overloaded_error"},
        {Error::upstream(ErrorKind::UpstreamUnavailable, "rate_limit_exceeded", "m").with_status(429), "rate_limit_error"},
        {Error::upstream(ErrorKind::UpstreamUnavailable, "insufficient_quota", "m").with_status(429), "billing_error"},
        {Error::upstream(ErrorKind::UpstreamRejected, "x", "m").with_status(409), "conflict_error"},
        {Error::upstream(ErrorKind::UpstreamRejected, "x", "m").with_status(413), "request_too_large"},
    };
    for (const auto& [error, type] : cases) {
        SCOPED_TRACE(http_status(error));
        EXPECT_EQ(Json::parse(error_body(error, "r"))["error"]["type"], type);
    }
}

TEST(AnthropicErrorBody, IsAnEventInsideAStream) {
    const Error error = Error::upstream(ErrorKind::UpstreamTruncated, "upstream_truncated", "It broke off.");
    const std::string text = error_event(error, "req_1");
    EXPECT_EQ(text, "event: error\ndata: " + error_body(error, "req_1") + "\n\n");
    EXPECT_EQ(meaning_of(text).size(), 1U) << "a reader of this dialect takes it for the provider's error";
}

TEST(AnthropicErrorBody, CountsAreToldAlone) {
    EXPECT_EQ(token_count_body(2095), R"({"input_tokens":2095})");
}

}  // namespace
}  // namespace tierway::dialect::anthropic
