#include "document.hpp"
#include "tierway/dialect/error_body.hpp"

namespace tierway::dialect {
namespace {

std::optional<Milliseconds> delay_in(const std::string& body) {
    const Document document(body);
    return retry_delay_in(document.root());
}

std::string quota_error(const std::string& delay) {
    return R"({"error":{"code":429,"message":"Quota exceeded.","status":"RESOURCE_EXHAUSTED","details":[)"
           R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[]},)"
           R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":)" +
           delay + "}]}}";
}

TEST(RetryDelay, IsReadFromTheDetailsOfAnError) {
    EXPECT_EQ(delay_in(quota_error("\"32s\"")), Milliseconds(32'000));
    EXPECT_EQ(delay_in("[" + quota_error("\"32s\"") + "]"), Milliseconds(32'000)) << "the array around an error";
    EXPECT_EQ(delay_in(quota_error("\"0s\"")), Milliseconds(0));
}

TEST(RetryDelay, IsRoundedUpToAMillisecond) {
    EXPECT_EQ(delay_in(quota_error("\"1.1s\"")), Milliseconds(1'100));
    EXPECT_EQ(delay_in(quota_error("\"39.843020413s\"")), Milliseconds(39'844));
    EXPECT_EQ(delay_in(quota_error("\"0.000000001s\"")), Milliseconds(1));
}

TEST(RetryDelay, IsAtMostADay) {
    EXPECT_EQ(delay_in(quota_error("\"86399s\"")), Milliseconds(86'399'000));
    EXPECT_EQ(delay_in(quota_error("\"86400.5s\"")), Milliseconds(86'400'000));
    EXPECT_EQ(delay_in(quota_error("\"9223372036854775807s\"")), Milliseconds(86'400'000));
}

TEST(RetryDelay, IsNothingWhereNothingIsSaid) {
    for (const std::string delay : {"\"\"", "\"s\"", "\"32\"", "\"-1s\"", "\"+1s\"", "\"1.s\"", "\".5s\"", "\"1.1234567890s\"", "\"1e3s\"",
                                    "\"1,5s\"", "\" 1s\"", "\"99999999999999999999s\"", "32", "null", "{\"seconds\":32}", "[]"}) {
        EXPECT_EQ(delay_in(quota_error(delay)), std::nullopt) << delay;
    }
    for (const std::string body : {"{}", "[]", "null", R"({"error":"slow down"})", R"({"error":{"details":{"retryDelay":"3s"}}})",
                                   R"({"error":{"details":[{"retryDelay":"3s"}]}})", R"({"error":{"details":[3,null,"x"]}})",
                                   R"({"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"3s"}]})"}) {
        EXPECT_EQ(delay_in(body), std::nullopt) << body;
    }
}

}  // namespace
}  // namespace tierway::dialect
