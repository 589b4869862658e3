#include "tierway/telemetry/span_writer.hpp"

#include <chrono>

#include "tierway/base/json_text.hpp"
#include "tierway/base/number_text.hpp"

namespace tierway::telemetry {
namespace {

// `SpanFlags` of trace.proto: the flags of the trace, and whether the parent is of another process.
constexpr std::uint32_t kHasIsRemote = 0x100;
constexpr std::uint32_t kIsRemote = 0x200;
constexpr unsigned kDecimals = 6;

std::string_view view(const auto& text) noexcept {
    return {text.data(), text.size()};
}

void append_integer(TextBuffer& out, std::int64_t value) {
    out.commit(write_integer(out.claim(kNumberTextMax), value));
}

void append_time(TextBuffer& out, WallTime time) {
    append_integer(out, std::chrono::duration_cast<Nanoseconds>(time.time_since_epoch()).count());
}

}  // namespace

SpanWriter::SpanWriter(TextBuffer& out, const Head& head) : out_(out) {
    const auto trace = head.context.trace.text();
    const auto span = head.context.span.text();
    out_.append(R"({"traceId":")", view(trace), R"(","spanId":")", view(span), "\"");
    if (head.parent.is_valid()) {
        const auto parent = head.parent.text();
        out_.append(R"(,"parentSpanId":")", view(parent), "\"");
    }
    if (!head.tracestate.empty()) {
        out_.append(R"(,"traceState":)");
        append_text(head.tracestate);
    }
    out_.append(R"(,"flags":)");
    append_integer(out_, static_cast<std::int64_t>(head.context.flags | kHasIsRemote | (head.parent_is_remote ? kIsRemote : 0U)));
    out_.append(R"(,"name":)");
    append_text(head.name);
    out_.append(head.kind == Kind::Server ? R"(,"kind":2)" : R"(,"kind":3)", R"(,"startTimeUnixNano":")");
    append_time(out_, head.began);
    out_.append(R"(","endTimeUnixNano":")");
    append_time(out_, head.ended);
    out_.append(R"(","attributes":[)");
}

void SpanWriter::append_text(std::string_view value) {
    if (is_plain_json_text(value)) {
        out_.append("\"", value, "\"");
        return;
    }
    std::string quoted;
    append_json_string(quoted, value);
    out_.append(quoted);
}

void SpanWriter::begin_attribute(std::string_view key, std::string_view kind) {
    out_.append(first_ ? R"({"key":")" : R"(,{"key":")", key, R"(","value":{")", kind, "\":");
    first_ = false;
}

void SpanWriter::text(std::string_view key, std::string_view value) {
    if (value.empty()) {
        return;
    }
    begin_attribute(key, "stringValue");
    append_text(value);
    out_.append("}}");
}

void SpanWriter::texts(std::string_view key, std::span<const std::string_view> values) {
    if (values.empty()) {
        return;
    }
    begin_attribute(key, "arrayValue");
    out_.append(R"({"values":[)");
    for (std::size_t i = 0; i < values.size(); ++i) {
        out_.append(i == 0 ? R"({"stringValue":)" : R"(,{"stringValue":)");
        append_text(values[i]);
        out_.append("}");
    }
    out_.append("]}}}");
}

void SpanWriter::integer(std::string_view key, std::int64_t value) {
    begin_attribute(key, "intValue");
    out_.append("\"");
    append_integer(out_, value);
    out_.append("\"}}");
}

void SpanWriter::decimal(std::string_view key, double value) {
    begin_attribute(key, "doubleValue");
    out_.commit(write_fixed(out_.claim(kNumberTextMax), value, kDecimals));
    out_.append("}}");
}

void SpanWriter::money(std::string_view key, Usd value) {
    begin_attribute(key, "doubleValue");
    out_.commit(value.write_to(out_.claim(Usd::kTextMax)));
    out_.append("}}");
}

void SpanWriter::boolean(std::string_view key, bool value) {
    begin_attribute(key, "boolValue");
    out_.append(value ? "true}}" : "false}}");
}

void SpanWriter::end(bool failed) {
    // STATUS_CODE_ERROR.
    out_.append(failed ? R"(],"status":{"code":2}})" : "]}");
}

}  // namespace tierway::telemetry
