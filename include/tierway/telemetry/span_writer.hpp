#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "tierway/base/text_buffer.hpp"
#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/telemetry/trace_context.hpp"

namespace tierway::telemetry {

/// Writes one span as an object of OTLP's JSON (https://opentelemetry.io/docs/specs/otlp/, message `Span` of trace.proto): names of
/// traces and spans in hexadecimal, whole numbers of 64 bits as strings. Construct, add attributes, `end`. Empty texts are left
/// out.
class SpanWriter {
public:
    /// As trace.proto numbers them.
    enum class Kind : std::uint8_t { Server = 2, Client = 3 };

    struct Head {
        std::string_view name;
        TraceContext context;  ///< Of the span itself.
        SpanId parent;         ///< Not valid: the span begins its trace.
        bool parent_is_remote = false;
        std::string_view tracestate;
        Kind kind = Kind::Server;
        WallTime began{};
        WallTime ended{};
    };

    SpanWriter(TextBuffer& out, const Head& head);

    /// \param key of an attribute: a name that needs no escape.
    void text(std::string_view key, std::string_view value);
    void texts(std::string_view key, std::span<const std::string_view> values);
    void integer(std::string_view key, std::int64_t value);
    void decimal(std::string_view key, double value);
    void money(std::string_view key, Usd value);
    void boolean(std::string_view key, bool value);

    /// Closes the span. \param failed whether its status is an error; else it has none, which means that all is well.
    void end(bool failed);

private:
    void begin_attribute(std::string_view key, std::string_view kind);
    void append_text(std::string_view value);

    TextBuffer& out_;
    bool first_ = true;
};

}  // namespace tierway::telemetry
