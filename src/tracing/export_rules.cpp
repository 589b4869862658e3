#include "tracing/export_rules.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "tierway/wire/json_view.hpp"

namespace tierway::tracing {
namespace {

constexpr unsigned kTriesMax = 5;
constexpr Milliseconds kFirstWait{1'000};
constexpr Milliseconds kRetryAfterMax{60'000};
constexpr std::size_t kWhyBytesMax = 256;

bool may_pass(unsigned status) noexcept {
    return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
}

/// A whole number, which OTLP's JSON writes as a string, and readers take either way.
std::int64_t whole_number(const wire::JsonValue& value) {
    if (const auto number = value.integer()) {
        return *number;
    }
    const std::string text = value.to_string();
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

std::optional<Milliseconds> wait_before_retry(unsigned status, std::optional<Milliseconds> retry_after, unsigned tries,
                                              double chance) {
    if (!may_pass(status) || tries >= kTriesMax || retry_after.value_or(Milliseconds(0)) > kRetryAfterMax) {
        return std::nullopt;
    }
    if (retry_after) {
        return retry_after;
    }
    const auto longest = kFirstWait.count() << (tries - 1);
    return Milliseconds(longest / 2 + static_cast<std::int64_t>(static_cast<double>(longest / 2) * std::clamp(chance, 0.0, 1.0)));
}

Rejection rejection_in(std::string_view body) {
    wire::JsonParser parser;
    const auto parsed = parser.parse(body);
    Rejection rejection;
    if (parsed) {
        const wire::JsonValue partial = parsed->find("partialSuccess");
        rejection.spans = static_cast<std::size_t>(std::max<std::int64_t>(whole_number(partial.find("rejectedSpans")), 0));
        partial.find("errorMessage").append_string(rejection.why, kWhyBytesMax);
    }
    return rejection;
}

}  // namespace tierway::tracing
