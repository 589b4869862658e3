#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kLog = "log: {level: info}";

TEST(LoadTracing, ReportsMistakesAtTheirPlace) {
    expect_problems(std::to_array<Mistake>({
        {"no URL", kLog, "tracing: {otlp: ^\"127.0.0.1:4318\"}", "must begin with `https://` or `http://`"},
        {"whole path", kLog, "tracing: {otlp: ^\"http://127.0.0.1:4318/v1/traces\"}", "must end before `/v1/traces`"},
        {"metadata address", kLog, "tracing: {otlp: ^\"http://169.254.169.254\"}", "link-local address"},
        {"missing variable", kLog, "tracing: {otlp: ^\"${NO_SUCH}\"}", "needs the environment variable `NO_SUCH`"},
        {"no collector", kLog, "tracing: {^sample: 0.5}", "has no effect without `otlp`"},
        {"share above one", kLog, R"(tracing: {otlp: "http://h:1", sample: ^1.5})", "must be a number from 0 to 1"},
        {"credential in the file", kLog, R"(tracing: {otlp: "http://h:1", headers: {Authorization: ^Bearer hunter2}})",
         "must take its credential from the environment"},
        {"header of ours", kLog, R"(tracing: {otlp: "http://h:1", headers: {^Content-Length: "5"}})", "writes itself"},
        {"no header name", kLog, R"(tracing: {otlp: "http://h:1", headers: {^"a b": x}})", "is not the name of a header field"},
        {"header that splits", kLog, R"(tracing: {otlp: "http://h:1", headers: {x-tenant: ^"a\r\nb: c"}})", "visible ASCII"},
        {"secret that splits", kLog, R"(tracing: {otlp: "http://h:1", headers: {x-api-key: ^"${BROKEN_KEY}"}})", "visible ASCII"},
        {"header list", kLog, R"(tracing: {otlp: "http://h:1", headers: {x-tenant: ^[a]}})", "must be a text"},
        {"headers without names", kLog, R"(tracing: {otlp: "http://h:1", headers: ^[a]})", "must be a mapping"},
        {"attribute in capitals", kLog, R"(tracing: {otlp: "http://h:1", resource: {^Zone: a}})", "is not the name of an attribute"},
        {"service twice", kLog, R"(tracing: {otlp: "http://h:1", resource: {^service.name: a}})", "has a key of its own"},
        {"empty service", kLog, R"(tracing: {otlp: "http://h:1", service_name: ^""})", "must be a text of 1 to 256 bytes"},
        {"nowhere to propagate", kLog, "tracing: {propagate: ^everywhere}", "must be"},
        {"unknown key", kLog, "tracing: {^propagte: off}", "Did you mean `propagate`?"},
    }));
}

TEST(LoadTracing, NeverRepeatsWhatMayBeASecret) {
    const LoadResult result = load_yaml(changed(kLog, R"(tracing: {otlp: "http://h:1", headers: {Authorization: Bearer hunter2}})"));
    EXPECT_EQ(report_of(result.problems).find("hunter2"), std::string::npos);
}

TEST(LoadTracing, ReadsEveryKey) {
    const LoadResult result = load_yaml(changed(
        kLog, "tracing: {otlp: \"https://${GPU_HOST}:4318/otlp/\", headers: {Authorization: \"Bearer ${OPENAI_API_KEY}\", x-scope: team}, sample: 0.1, "
              "service_name: \"gateway-${GPU_HOST}\", resource: {k8s.pod.name: \"${GPU_HOST}\"}, propagate: inside}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_TRUE(result.warnings.empty()) << report_of(result.warnings);
    const Tracing& tracing = result.snapshot->tracing;
    ASSERT_TRUE(tracing.is_on());
    EXPECT_EQ(tracing.otlp->host, "gpu-1.internal");
    EXPECT_EQ(tracing.otlp->prefix, "/otlp");
    ASSERT_EQ(tracing.headers.size(), 2U);
    EXPECT_EQ(tracing.headers[0].value.reveal(), "Bearer sk-test-value");
    EXPECT_EQ(tracing.headers[1].name, "x-scope");
    EXPECT_EQ(tracing.sample, 0.1);
    EXPECT_EQ(tracing.service_name, "gateway-gpu-1.internal");
    ASSERT_EQ(tracing.resource.size(), 1U);
    EXPECT_EQ(tracing.resource[0].second, "gpu-1.internal");
    EXPECT_EQ(tracing.propagate, Propagation::Inside);
}

TEST(LoadTracing, IsOffUnlessThereIsACollector) {
    EXPECT_FALSE(load_yaml(kValidText).snapshot->tracing.is_on());
    EXPECT_EQ(load_yaml(kValidText).snapshot->tracing.propagate, Propagation::All);
    const LoadResult off = load_yaml(changed(kLog, "tracing: {propagate: off}"));
    ASSERT_NE(off.snapshot, nullptr) << report_of(off.problems);
    EXPECT_FALSE(off.snapshot->tracing.is_on());
}

TEST(LoadTracing, LetsTheEnvironmentSwitchItOff) {
    const LoadResult off = load_yaml(changed(kLog, "tracing: {otlp: \"${NO_SUCH:-off}\", sample: 0.5}"));
    ASSERT_NE(off.snapshot, nullptr) << report_of(off.problems);
    EXPECT_FALSE(off.snapshot->tracing.is_on());
}

TEST(LoadTracing, WarnsOfWhatTravelsInTheOpen) {
    expect_warnings(std::to_array<Mistake>({
        {"headers", kLog, "tracing: ^{otlp: \"http://collector.internal:4318\", headers: {x-scope: a}}", "travel unencrypted"},
    }));
}

}  // namespace
}  // namespace tierway::config::test
