#include "tierway/telemetry/line_log.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace tierway::telemetry {
namespace {

TEST(LineLog, AppendsLinesToItsFile) {
    std::string folder = (std::filesystem::temp_directory_path() / "tierway-lines-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/lines.jsonl";
    {
        LineLog log(path);
        EXPECT_TRUE(log.is_on());
        log.add(R"({"a":"{}"})");
        log.add("2");
    }
    std::ifstream file(path);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "{\"a\":\"{}\"}\n2\n");
    std::filesystem::remove_all(folder);
}

TEST(LineLog, ThatIsOffTakesLinesAndKeepsNone) {
    LineLog log("off");
    EXPECT_FALSE(log.is_on());
    log.add("1");
    log.flush();
}

}  // namespace
}  // namespace tierway::telemetry
