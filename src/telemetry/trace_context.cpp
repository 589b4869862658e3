#include "tierway/telemetry/trace_context.hpp"

#include <algorithm>

namespace tierway::telemetry {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
/// "00-" trace "-" span "-" flags.
constexpr std::size_t kTraceparentSize = 2 + 1 + TraceId::kTextSize + 1 + SpanId::kTextSize + 1 + 2;
constexpr std::size_t kMembersMax = 32;
constexpr std::size_t kKeyBytesMax = 256;
constexpr std::size_t kValueBytesMax = 256;

void write_hex(char* to, std::uint64_t value, std::size_t digits) noexcept {
    for (std::size_t i = digits; i > 0; --i) {
        to[i - 1] = kDigits[value & 0xF];
        value >>= 4;
    }
}

/// Lower-case digits only, at most 16. Empty for anything else.
std::optional<std::uint64_t> read_hex(std::string_view text) noexcept {
    std::uint64_t value = 0;
    for (const char c : text) {
        const std::size_t digit = kDigits.find(c);
        if (digit == std::string_view::npos) {
            return std::nullopt;
        }
        value = value << 4 | digit;
    }
    return value;
}

bool is_lower_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_state_key(std::string_view key) noexcept {
    const auto allowed = [](char c) { return is_lower_or_digit(c) || std::string_view("_-*/@").find(c) != std::string_view::npos; };
    return !key.empty() && key.size() <= kKeyBytesMax && is_lower_or_digit(key.front()) && key.back() != '@' &&
           std::all_of(key.begin(), key.end(), allowed) && std::count(key.begin(), key.end(), '@') <= 1;
}

bool is_state_value(std::string_view value) noexcept {
    const auto allowed = [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; };
    return !value.empty() && value.size() <= kValueBytesMax && value.back() != ' ' &&
           std::all_of(value.begin(), value.end(), allowed);
}

std::string_view without_space_around(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

std::array<char, TraceId::kTextSize> TraceId::text() const noexcept {
    std::array<char, kTextSize> text{};
    write_hex(text.data(), high, 16);
    write_hex(text.data() + 16, low, 16);
    return text;
}

std::array<char, SpanId::kTextSize> SpanId::text() const noexcept {
    std::array<char, kTextSize> text{};
    write_hex(text.data(), value, kTextSize);
    return text;
}

std::optional<TraceContext> read_traceparent(std::string_view value) noexcept {
    if (value.size() < kTraceparentSize || value[2] != '-' || value[35] != '-' || value[52] != '-') {
        return std::nullopt;
    }
    const auto version = read_hex(value.substr(0, 2));
    const auto high = read_hex(value.substr(3, 16));
    const auto low = read_hex(value.substr(19, 16));
    const auto span = read_hex(value.substr(36, 16));
    const auto flags = read_hex(value.substr(53, 2));
    if (!version || *version == 0xFF || !high || !low || !span || !flags) {
        return std::nullopt;
    }
    const bool is_longer = value.size() > kTraceparentSize;
    if (is_longer && (*version == 0 || value[kTraceparentSize] != '-')) {
        return std::nullopt;
    }
    TraceContext context;
    context.trace = {*high, *low};
    context.span = {*span};
    context.flags = static_cast<std::uint8_t>(*flags & (TraceContext::kSampled | TraceContext::kRandom));
    return context.trace.is_valid() && context.span.is_valid() ? std::optional(context) : std::nullopt;
}

void append_traceparent(std::string& out, const TraceContext& context) {
    const auto trace = context.trace.text();
    const auto span = context.span.text();
    out.append("00-").append(trace.data(), trace.size()).append("-").append(span.data(), span.size()).append("-");
    out += kDigits[context.flags >> 4];
    out += kDigits[context.flags & 0xF];
}

bool is_valid_tracestate(std::string_view value) noexcept {
    if (value.empty() || value.size() > kTracestateBytesMax) {
        return false;
    }
    std::array<std::string_view, kMembersMax> keys;
    std::size_t members = 0;
    while (!value.empty()) {
        const std::size_t comma = std::min(value.find(','), value.size());
        const std::string_view member = without_space_around(value.substr(0, comma));
        value.remove_prefix(std::min(comma + 1, value.size()));
        if (member.empty()) {
            continue;  // Empty members are allowed, and say nothing.
        }
        const std::size_t equals = member.find('=');
        if (equals == std::string_view::npos || members == kMembersMax) {
            return false;
        }
        const std::string_view key = member.substr(0, equals);
        const auto end = keys.begin() + static_cast<std::ptrdiff_t>(members);
        if (!is_state_key(key) || !is_state_value(member.substr(equals + 1)) || std::find(keys.begin(), end, key) != end) {
            return false;
        }
        keys[members++] = key;
    }
    return members > 0;
}

bool is_sampled(const TraceId& trace, double share) noexcept {
    constexpr std::uint64_t kChances = std::uint64_t{1} << 56;
    const double rejected = (1.0 - std::clamp(share, 0.0, 1.0)) * static_cast<double>(kChances);
    return (trace.low & (kChances - 1)) >= static_cast<std::uint64_t>(rejected);
}

TraceId TraceIdSource::next_trace() noexcept {
    TraceId trace{high_.next(), low_.next()};
    while (!trace.is_valid()) {
        trace.low = low_.next();
    }
    return trace;
}

SpanId TraceIdSource::next_span() noexcept {
    SpanId span{low_.next()};
    while (!span.is_valid()) {
        span.value = low_.next();
    }
    return span;
}

}  // namespace tierway::telemetry
