#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/random_bits.hpp"

namespace tierway::telemetry {

/// The name of a trace: sixteen bytes, of which not all are zero.
struct TraceId {
    static constexpr std::size_t kTextSize = 32;

    std::uint64_t high = 0;
    std::uint64_t low = 0;

    [[nodiscard]] bool is_valid() const noexcept { return (high | low) != 0; }
    /// 32 lower-case hexadecimal digits.
    [[nodiscard]] std::array<char, kTextSize> text() const noexcept;
    friend bool operator==(const TraceId&, const TraceId&) = default;
};

/// The name of a span within its trace: eight bytes, of which not all are zero.
struct SpanId {
    static constexpr std::size_t kTextSize = 16;

    std::uint64_t value = 0;

    [[nodiscard]] bool is_valid() const noexcept { return value != 0; }
    /// 16 lower-case hexadecimal digits.
    [[nodiscard]] std::array<char, kTextSize> text() const noexcept;
    friend bool operator==(const SpanId&, const SpanId&) = default;
};

/// Where in which trace something happens: what the field `traceparent` says.
struct TraceContext {
    static constexpr std::uint8_t kSampled = 0x01;
    /// The trace's name was drawn by chance (W3C Trace Context, level 2); handed on as it is.
    static constexpr std::uint8_t kRandom = 0x02;

    TraceId trace;
    SpanId span;
    std::uint8_t flags = 0;

    [[nodiscard]] bool is_sampled() const noexcept { return (flags & kSampled) != 0; }
    friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

/// Reads the value of a field `traceparent` (W3C Trace Context, https://www.w3.org/TR/trace-context/): version 00, and of higher
/// versions, which may say more behind a further `-`, what version 00 knows. Of the flags only those above are kept.
/// Empty when it is not valid, and the request then counts as one without.
std::optional<TraceContext> read_traceparent(std::string_view value) noexcept;

/// Appends "00-<trace>-<span>-<flags>".
void append_traceparent(std::string& out, const TraceContext& context);

/// The longest `tracestate` that is handed on: what everybody should be able to (W3C Trace Context section 3.3.1.5).
inline constexpr std::size_t kTracestateBytesMax = 512;

/// Whether a whole `tracestate` (several fields joined with commas) may be handed on: 1 to 512 bytes, at most 32 members
/// `key=value` of the characters that the recommendation allows, no key twice.
bool is_valid_tracestate(std::string_view value) noexcept;

/// Whether a trace that begins here is recorded. \param share of all traces, 0..1. The trace's own chance decides (the seven
/// rightmost bytes of its name against the threshold that consistent samplers use), so that all who ask with the same share agree.
bool is_sampled(const TraceId& trace, double share) noexcept;

/// Makes names. One for each thread: it is not safe to share, and takes no lock.
class TraceIdSource {
public:
    /// Seeds from the operating system's entropy.
    TraceIdSource() = default;
    /// A fixed seed, for tests.
    explicit TraceIdSource(std::uint64_t seed) noexcept : high_(seed), low_(~seed) {}

    TraceId next_trace() noexcept;
    SpanId next_span() noexcept;

private:
    // Two, so that names of sixteen bytes are as many as that promises.
    RandomBits high_;
    RandomBits low_;
};

}  // namespace tierway::telemetry
