#include "tierway/telemetry/log.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace tierway::telemetry {
namespace {

using nlohmann::json;

std::string line_of(const LogSubject& about, const std::string& what) {
    testing::internal::CaptureStderr();
    log_exception("A request ended by an exception", std::make_exception_ptr(std::runtime_error(what)), about);
    return testing::internal::GetCapturedStderr();
}

TEST(Log, NamesTheRequestThatALineIsAbout) {
    const json line = json::parse(line_of({"req_1", "0af7651916cd43dd8448eb211c80319c"}, "broken"));
    EXPECT_EQ(line["level"], "error");
    EXPECT_EQ(line["message"], "A request ended by an exception: broken");
    EXPECT_EQ(line["request_id"], "req_1");
    EXPECT_EQ(line["trace_id"], "0af7651916cd43dd8448eb211c80319c");
}

TEST(Log, LeavesOutWhatIsNotKnown) {
    const json line = json::parse(line_of({"req_1", {}}, "broken"));
    EXPECT_EQ(line.size(), 4U);
    EXPECT_FALSE(line.contains("trace_id"));
}

TEST(Log, LetsNoTextForgeALine) {
    const std::string lines = line_of({}, "\"}\n{\"level\":\"info\"");
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1);
    EXPECT_EQ(json::parse(lines)["level"], "error");
}

}  // namespace
}  // namespace tierway::telemetry
