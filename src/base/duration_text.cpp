#include "tierway/base/duration_text.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace tierway {
namespace {

void append_seconds(std::string& text, std::int64_t milliseconds) {
    text += std::to_string(milliseconds / 1'000);
    if (const std::int64_t rest = milliseconds % 1'000; rest > 0) {
        std::string digits = std::to_string(1'000 + rest);
        digits.erase(digits.find_last_not_of('0') + 1);
        digits.front() = '.';
        text += digits;
    }
    text += 's';
}

}  // namespace

std::string duration_text(Nanoseconds duration) {
    const std::int64_t milliseconds = std::max<std::int64_t>(std::chrono::ceil<Milliseconds>(duration).count(), 0);
    std::string text;
    if (milliseconds > 0 && milliseconds < 1'000) {
        return std::to_string(milliseconds) + "ms";
    }
    const std::int64_t minutes = milliseconds / 60'000;
    if (minutes >= 60) {
        text = std::to_string(minutes / 60) + 'h';
    }
    if (minutes > 0) {
        text += std::to_string(minutes % 60) + 'm';
    }
    append_seconds(text, milliseconds % 60'000);
    return text;
}

}  // namespace tierway
