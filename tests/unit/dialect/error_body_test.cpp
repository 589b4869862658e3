#include "tierway/dialect/error_body.hpp"

#include "document.hpp"

namespace tierway::dialect {
namespace {

Error upstream(ErrorKind kind, unsigned status) {
    return Error::upstream(kind, "c", "m").with_status(status);
}

TEST(HttpStatus, IsOneForEachKind) {
    const std::vector<std::pair<ErrorKind, unsigned>> cases = {
        {ErrorKind::InvalidRequest, 400},   {ErrorKind::MissingCapability, 400},   {ErrorKind::Unauthorized, 401},
        {ErrorKind::ClassNotAllowed, 403},  {ErrorKind::ModelNotAllowed, 403},     {ErrorKind::EscalationDenied, 403},
        {ErrorKind::ModelNotFound, 404},    {ErrorKind::RouteNotFound, 404},       {ErrorKind::MethodNotAllowed, 405},
        {ErrorKind::RequestTimeout, 408},   {ErrorKind::PayloadTooLarge, 413},     {ErrorKind::UnsupportedMediaType, 415},
        {ErrorKind::HeadTooLarge, 431},     {ErrorKind::ClientGone, 499},          {ErrorKind::Internal, 500},
        {ErrorKind::UpstreamRejected, 400}, {ErrorKind::UpstreamUnavailable, 502}, {ErrorKind::UpstreamTimeout, 504},
        {ErrorKind::UpstreamStalled, 504},  {ErrorKind::UpstreamTruncated, 502},   {ErrorKind::UpstreamMalformed, 502},
        {ErrorKind::Overloaded, 503},       {ErrorKind::TooExpensive, 402},
        {ErrorKind::RequestRateExceeded, 429},
    };
    for (const auto& [kind, status] : cases) {
        SCOPED_TRACE(static_cast<int>(kind));
        EXPECT_EQ(http_status(Error(kind, ErrorSource::Internal, "c", "m")), status);
    }
}

TEST(HttpStatus, TellsTokensThatWaitingHelpsFromThoseThatNeverPass) {
    EXPECT_EQ(http_status(Error::downstream(ErrorKind::TokenRateExceeded, "rate_limit_exceeded", "m")), 429U);
    EXPECT_EQ(http_status(Error::downstream(ErrorKind::TokenRateExceeded, "request_exceeds_rate_limit", "m")), 400U);
}

TEST(HttpStatus, KeepsTheProvidersStatusOfARejectionUnlessItConcernsTheGateway) {
    for (const unsigned kept : {400U, 404U, 409U, 413U, 415U, 422U, 429U, 451U, 499U}) {
        EXPECT_EQ(http_status(upstream(ErrorKind::UpstreamRejected, kept)), kept);
    }
    for (const unsigned hidden : {401U, 403U, 407U, 408U}) {
        EXPECT_EQ(http_status(upstream(ErrorKind::UpstreamRejected, hidden)), 502U);
    }
    EXPECT_EQ(http_status(upstream(ErrorKind::UpstreamRejected, 500)), 400U);
}

TEST(HttpStatus, TellsAProvidersLimitFromItsOutage) {
    const std::vector<std::pair<unsigned, unsigned>> cases = {{0, 502},   {401, 502}, {402, 429}, {408, 502}, {429, 429},
                                                              {500, 502}, {502, 502}, {503, 503}, {504, 502}, {529, 503}};
    for (const auto& [theirs, ours] : cases) {
        SCOPED_TRACE(theirs);
        EXPECT_EQ(http_status(upstream(ErrorKind::UpstreamUnavailable, theirs)), ours);
    }
}

TEST(OpenAiErrorBody, HasAllFourMembersInOrder) {
    const Error error =
        Error::downstream(ErrorKind::InvalidRequest, "invalid_type", "A \"bad\"\nrole.").with_param("messages[3].role");
    EXPECT_EQ(
        openai_error_body(error),
        R"({"error":{"message":"A \"bad\"\nrole.","type":"invalid_request_error","param":"messages[3].role","code":"invalid_type"}})");
}

TEST(OpenAiErrorBody, WritesNullForWhatIsEmpty) {
    EXPECT_EQ(openai_error_body(Error(ErrorKind::Internal, ErrorSource::Internal, "", "Oops.")),
              R"({"error":{"message":"Oops.","type":"server_error","param":null,"code":null}})");
}

TEST(OpenAiErrorBody, PutsExtraMembersIntoTheInnerObject) {
    const auto body = nlohmann::json::parse(
        openai_error_body(Error::downstream(ErrorKind::InvalidRequest, "c", "m"), R"(,"estimate_usd":0.5,"resets_at":"x")"));
    EXPECT_EQ(body["error"].size(), 6U);
    EXPECT_EQ(body["error"]["estimate_usd"], 0.5);
}

TEST(OpenAiErrorBody, NeverHoldsTheDetail) {
    const Error error =
        Error::upstream(ErrorKind::UpstreamUnavailable, "upstream_unavailable", "m").with_detail("the-secret-detail");
    EXPECT_EQ(openai_error_body(error).find("the-secret-detail"), std::string::npos);
}

TEST(OpenAiErrorBody, StaysJsonForAnyBytes) {
    std::string message;
    for (int byte = 0; byte < 256; ++byte) {
        message += static_cast<char>(byte);
    }
    const Error error = Error::downstream(ErrorKind::InvalidRequest, "c", message).with_param(message);
    EXPECT_TRUE(nlohmann::json::accept(openai_error_body(error)));
}

TEST(OpenAiErrorBody, NamesTheTypeThatSdksKnow) {
    const std::vector<std::pair<Error, std::string>> cases = {
        {Error::downstream(ErrorKind::InvalidRequest, "c", "m"), "invalid_request_error"},
        {Error::downstream(ErrorKind::MissingCapability, "c", "m"), "invalid_request_error"},
        {Error::downstream(ErrorKind::ModelNotFound, "c", "m"), "invalid_request_error"},
        {Error::downstream(ErrorKind::PayloadTooLarge, "c", "m"), "invalid_request_error"},
        {Error::downstream(ErrorKind::Unauthorized, "c", "m"), "authentication_error"},
        {Error::downstream(ErrorKind::EscalationDenied, "c", "m"), "permission_error"},
        {Error::downstream(ErrorKind::RequestRateExceeded, "rate_limit_exceeded", "m"), "requests"},
        {Error::downstream(ErrorKind::TokenRateExceeded, "rate_limit_exceeded", "m"), "tokens"},
        {Error::downstream(ErrorKind::TokenRateExceeded, "request_exceeds_rate_limit", "m"), "invalid_request_error"},
        {Error::internal("m"), "server_error"},
        {Error(ErrorKind::Overloaded, ErrorSource::Internal, "c", "m"), "service_unavailable_error"},
        {upstream(ErrorKind::UpstreamRejected, 422), "invalid_request_error"},
        {upstream(ErrorKind::UpstreamUnavailable, 503), "upstream_error"},
        {upstream(ErrorKind::UpstreamUnavailable, 429), "rate_limit_error"},
        {upstream(ErrorKind::UpstreamStalled, 0), "upstream_error"},
        {upstream(ErrorKind::UpstreamTruncated, 0), "upstream_error"},
        {Error::upstream(ErrorKind::UpstreamUnavailable, "insufficient_quota", "m").with_status(429), "insufficient_quota"},
    };
    for (const auto& [error, type] : cases) {
        SCOPED_TRACE(static_cast<int>(error.kind()));
        EXPECT_EQ(nlohmann::json::parse(openai_error_body(error))["error"]["type"], type);
    }
}

}  // namespace
}  // namespace tierway::dialect
