#include "gateway/spans/request_trace.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace tierway::gateway {
namespace {

constexpr std::string_view kInbound = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr std::string_view kUnsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
constexpr std::string_view kTrace = "0af7651916cd43dd8448eb211c80319c";

wire::HttpFields fields_of(const std::vector<std::pair<std::string_view, std::string_view>>& listed) {
    wire::HttpFields fields;
    for (const auto& [name, value] : listed) {
        fields.add(name, value);
    }
    return fields;
}

config::Tracing settings_of(bool on, config::Propagation propagate = config::Propagation::All, double sample = 1.0) {
    config::Tracing settings;
    if (on) {
        settings.otlp.emplace();
    }
    settings.propagate = propagate;
    settings.sample = sample;
    return settings;
}

/// What a provider is told of a request.
std::string told(const config::Tracing& settings, const wire::HttpFields& fields,
                 config::Boundary boundary = config::Boundary::Outside) {
    telemetry::TraceIdSource ids(1);
    const RequestTrace trace(settings, fields, ids);
    config::Provider provider;
    provider.boundary = boundary;
    std::string head;
    trace.append_fields(provider, trace.next_span(), head);
    return head;
}

TEST(RequestTrace, PassesWhatCameWhenNothingIsRecorded) {
    const auto fields = fields_of({{"Host", "x"}, {"TraceParent", kInbound}, {"tracestate", "a=1"}});
    EXPECT_EQ(told(settings_of(false), fields), "traceparent: " + std::string(kInbound) + "\r\ntracestate: a=1\r\n");
    const std::string newer = "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-09-more";
    EXPECT_EQ(told(settings_of(false), fields_of({{"traceparent", newer}})), "traceparent: " + newer + "\r\n");
}

TEST(RequestTrace, TellsNothingOfWhatIsNotValid) {
    EXPECT_EQ(told(settings_of(false), fields_of({{"traceparent", "00-xyz"}, {"tracestate", "a=1"}})), "");
    EXPECT_EQ(told(settings_of(false), fields_of({{"traceparent", kInbound}, {"traceparent", kInbound}})), "");
    EXPECT_EQ(told(settings_of(false), fields_of({{"tracestate", "a=1"}})), "");
    EXPECT_EQ(told(settings_of(false), fields_of({{"traceparent", kInbound}, {"tracestate", "A=1"}})),
              "traceparent: " + std::string(kInbound) + "\r\n");
    EXPECT_EQ(told(settings_of(false), fields_of({})), "");
}

TEST(RequestTrace, JoinsStatesThatCameApart) {
    const auto fields = fields_of({{"tracestate", "a=1"}, {"traceparent", kInbound}, {"tracestate", "b=2"}, {"tracestate", "c=3"}});
    EXPECT_NE(told(settings_of(false), fields).find("tracestate: a=1,b=2,c=3\r\n"), std::string::npos);
    const std::string long_state = "a=" + std::string(250, 'x');
    const std::string other_state = "b=" + std::string(250, 'x');
    const std::string third_state = "c=" + std::string(250, 'x');
    const auto too_much = fields_of(
        {{"traceparent", kInbound}, {"tracestate", long_state}, {"tracestate", other_state}, {"tracestate", third_state}});
    EXPECT_EQ(told(settings_of(false), too_much), "traceparent: " + std::string(kInbound) + "\r\n");
}

TEST(RequestTrace, NamesASpanOfItsOwnWhenItIsRecorded) {
    telemetry::TraceIdSource ids(1);
    const auto settings = settings_of(true, config::Propagation::All, 0.0);
    const auto fields = fields_of({{"traceparent", kInbound}});
    const RequestTrace trace(settings, fields, ids);
    EXPECT_TRUE(trace.is_recorded());  // The caller decided; the share is for those who did not.
    EXPECT_EQ(trace.trace_id(), kTrace);
    EXPECT_EQ(trace.parent(), telemetry::SpanId{0xb7ad6b7169203331});
    EXPECT_NE(trace.context().span, trace.parent());
    const telemetry::SpanId attempt = trace.next_span();
    std::string head;
    trace.append_fields(config::Provider(), attempt, head);
    const auto text = attempt.text();
    EXPECT_EQ(head, "traceparent: 00-" + std::string(kTrace) + "-" + std::string(text.data(), text.size()) + "-01\r\n");
}

TEST(RequestTrace, IsNotRecordedWhenItsCallerSaysSo) {
    telemetry::TraceIdSource ids(1);
    const auto settings = settings_of(true);
    const auto fields = fields_of({{"traceparent", kUnsampled}});
    const RequestTrace trace(settings, fields, ids);
    EXPECT_FALSE(trace.is_recorded());
    EXPECT_EQ(trace.trace_id(), kTrace);
    EXPECT_NE(told(settings, fields).find("-00\r\n"), std::string::npos);
}

TEST(RequestTrace, BeginsATraceWhereNoneIs) {
    telemetry::TraceIdSource ids(1);
    const auto fields = fields_of({});
    const auto always = settings_of(true);
    const auto never = settings_of(true, config::Propagation::All, 0.0);
    const RequestTrace recorded(always, fields, ids);
    const RequestTrace passed_over(never, fields, ids);
    EXPECT_TRUE(recorded.is_recorded());
    EXPECT_FALSE(recorded.parent().is_valid());
    EXPECT_EQ(recorded.trace_id().size(), 32U);
    EXPECT_FALSE(passed_over.is_recorded());
    EXPECT_NE(recorded.trace_id(), passed_over.trace_id());
}

TEST(RequestTrace, BelongsToNoneWhenNobodyMakesOne) {
    telemetry::TraceIdSource ids(1);
    const auto settings = settings_of(false);
    const auto fields = fields_of({});
    const RequestTrace trace(settings, fields, ids);
    EXPECT_FALSE(trace.is_recorded());
    EXPECT_TRUE(trace.trace_id().empty());
    EXPECT_FALSE(trace.next_span().is_valid());
}

TEST(RequestTrace, StaysInsideTheBoundaryWhenItMust) {
    const auto fields = fields_of({{"traceparent", kInbound}, {"tracestate", "a=1"}});
    for (const bool on : {false, true}) {
        EXPECT_EQ(told(settings_of(on, config::Propagation::Inside), fields, config::Boundary::Outside), "");
        EXPECT_NE(told(settings_of(on, config::Propagation::Inside), fields, config::Boundary::Inside), "");
        EXPECT_EQ(told(settings_of(on, config::Propagation::Off), fields, config::Boundary::Inside), "");
    }
}

}  // namespace
}  // namespace tierway::gateway
