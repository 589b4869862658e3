#include "tierway/base/duration_text.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string_view>

namespace tierway {
namespace {

TEST(DurationText, WritesAsOpenAiDoes) {
    struct Case {
        Nanoseconds duration;
        std::string_view text;
    };
    const Case cases[] = {
        {Nanoseconds{0}, "0s"},
        {Nanoseconds{-5}, "0s"},
        {Nanoseconds{1}, "1ms"},
        {Milliseconds{120}, "120ms"},
        {Nanoseconds{999'000'001}, "1s"},
        {Milliseconds{1'000}, "1s"},
        {Milliseconds{8'640}, "8.64s"},
        {Milliseconds{8'005}, "8.005s"},
        {Milliseconds{59'999}, "59.999s"},
        {std::chrono::minutes{6}, "6m0s"},
        {Milliseconds{61'500}, "1m1.5s"},
        {std::chrono::hours{1}, "1h0m0s"},
        {std::chrono::hours{24} + std::chrono::minutes{2} + Milliseconds{3'500}, "24h2m3.5s"},
    };
    for (const Case& each : cases) {
        EXPECT_EQ(duration_text(each.duration), each.text);
    }
}

}  // namespace
}  // namespace tierway
