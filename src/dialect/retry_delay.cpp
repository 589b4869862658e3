#include <algorithm>
#include <charconv>

#include "tierway/dialect/error_body.hpp"

namespace tierway::dialect {
namespace {

constexpr std::int64_t kSecondsMax = 86'400;
constexpr std::size_t kFractionDigitsMax = 9;
constexpr std::size_t kDetailsMax = 16;

std::optional<std::int64_t> read_digits(std::string_view digits) {
    std::int64_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, value);
    if (digits.empty() || error != std::errc() || stopped != end || value < 0) {
        return std::nullopt;
    }
    return value;
}

/// A protobuf `Duration` as JSON writes it: "32s", "1.5s".
std::optional<Milliseconds> read_duration(std::string_view text) {
    if (!text.ends_with('s')) {
        return std::nullopt;
    }
    text.remove_suffix(1);
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::optional<std::int64_t> seconds = read_digits(text.substr(0, point));
    std::string fraction(text.substr(std::min(point + 1, text.size())));
    if (!seconds || fraction.size() > kFractionDigitsMax || (point < text.size() && fraction.empty())) {
        return std::nullopt;
    }
    fraction.resize(kFractionDigitsMax, '0');
    const std::optional<std::int64_t> nanoseconds = read_digits(fraction);
    if (!nanoseconds) {
        return std::nullopt;
    }
    const Nanoseconds whole = std::chrono::seconds(std::min(*seconds, kSecondsMax));
    return std::min(std::chrono::ceil<Milliseconds>(whole + Nanoseconds(*nanoseconds)),
                    Milliseconds(std::chrono::seconds(kSecondsMax)));
}

}  // namespace

std::optional<Milliseconds> retry_delay_in(const wire::JsonValue& body) {
    const wire::JsonValue object = body.is_array() ? body.at(0) : body;
    std::string scratch;
    std::size_t count = 0;
    for (const wire::JsonValue detail : object.find("error").find("details")) {
        if (++count > kDetailsMax) {
            break;
        }
        if (detail.find("@type").string(scratch).ends_with("google.rpc.RetryInfo")) {
            return read_duration(detail.find("retryDelay").string(scratch));
        }
    }
    return std::nullopt;
}

}  // namespace tierway::dialect
