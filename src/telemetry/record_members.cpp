#include "telemetry/record_members.hpp"

#include <array>
#include <chrono>
#include <ctime>

namespace tierway::telemetry {

// A worker writes thousands of these in one second, so the calendar part is kept for it.
void write_time(JsonObjectWriter& object, TextBuffer& out, WallTime time) {
    constexpr std::size_t kSize = 26;
    thread_local std::time_t kept_second = -1;
    thread_local std::array<char, 24> kept_text{};
    const auto milli = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
    const std::time_t second = milli / 1'000;
    if (second != kept_second) {
        std::tm calendar{};
        gmtime_r(&second, &calendar);
        std::strftime(kept_text.data(), kept_text.size(), "%Y-%m-%dT%H:%M:%S.", &calendar);
        kept_second = second;
    }
    char* to = object.begin("time", kSize);
    *to++ = '"';
    to = TextBuffer::put(to, kept_text.data());
    for (const auto digit : {milli / 100 % 10, milli / 10 % 10, milli % 10}) {
        *to++ = static_cast<char>('0' + digit);
    }
    out.commit(TextBuffer::put(to, "Z\""));
}

void write_climb_members(JsonObjectWriter& object, const ClimbRecord& climb) {
    object.text("from", climb.from);
    object.text("to", climb.to);
    object.text("why", climb.why);
    object.text("verdict", climb.verdict);
    object.text("reason", climb.reason);
    object.money("estimate_usd", climb.estimate);
}

}  // namespace tierway::telemetry
