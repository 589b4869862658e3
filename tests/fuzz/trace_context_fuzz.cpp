// traceparent and tracestate: any bytes are nothing, or are handed on in a form that everybody reads alike.
// The input is the two values, the first line being traceparent.

#include <algorithm>
#include <string>
#include <string_view>

#include "property.hpp"
#include "tierway/telemetry/trace_context.hpp"

namespace tierway::fuzz {
namespace {

void check_parent(std::string_view value) {
    const auto context = telemetry::read_traceparent(value);
    if (!context) {
        return;
    }
    require(context->trace.is_valid() && context->span.is_valid(), "what is valid names a trace and a span");
    std::string written;
    telemetry::append_traceparent(written, *context);
    require(telemetry::read_traceparent(written) == context, "what is written is read as the same");
    require(written.substr(3, 50) == value.substr(3, 50), "the names are handed on as they came");
    require(value.substr(0, 2) != "00" || value.size() == written.size(), "version 00 ends with its flags");
}

void check_state(std::string_view value) {
    if (!telemetry::is_valid_tracestate(value)) {
        return;
    }
    require(value.size() <= telemetry::kTracestateBytesMax, "a state is bounded");
    const auto is_visible = [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); };
    require(std::all_of(value.begin(), value.end(), is_visible), "a state splits no message");
    require(value.find('=') != std::string_view::npos, "a state has a member");
    require(telemetry::is_valid_tracestate(std::string(value).append(",")) || value.size() == telemetry::kTracestateBytesMax,
            "an empty member says nothing");
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const std::size_t line = std::min(input.find('\n'), size);
    tierway::fuzz::check_parent(input.substr(0, line));
    tierway::fuzz::check_state(input.substr(std::min(line + 1, size)));
    return 0;
}
