#include "tierway/telemetry/line_log.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace tierway::telemetry {
namespace {

struct Folder {
    std::string path = (std::filesystem::temp_directory_path() / "tierway-lines-XXXXXX").string();
    Folder() { EXPECT_NE(mkdtemp(path.data()), nullptr); }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

std::string content_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(LineLog, LosesNoLineAtItsEndNorWhatStoodThereBefore) {
    const Folder folder;
    const std::string path = folder.path + "/made/lines.jsonl";
    for (const char* line : {R"({"a":"{}"})", "2"}) {
        LineLog log(path);
        EXPECT_TRUE(log.is_on());
        log.add(line);
    }
    EXPECT_EQ(content_of(path), "{\"a\":\"{}\"}\n2\n");
}

TEST(LineLog, HandsOverWhatWaitsWhenFlushed) {
    const Folder folder;
    const std::string path = folder.path + "/lines";
    LineLog log(path);
    log.add("one");
    log.flush();
    EXPECT_EQ(content_of(path), "one\n");
}

TEST(LineLog, LetsOnlySoMuchWait) {
    const Folder folder;
    const std::string path = folder.path + "/lines";
    LineLog log(path);
    const std::string line(1'000, 'x');
    for (int i = 0; i < 100; ++i) {
        log.add(line);
    }
    EXPECT_GT(content_of(path).size(), 60'000U);
}

TEST(LineLog, SaysWhyItCannotOpen) {
    EXPECT_THROW(LineLog("/proc/no-such-folder/lines"), std::runtime_error);
}

TEST(LineLog, OutlivesAFullDisk) {
    LineLog log("/dev/full");
    for (int i = 0; i < 3; ++i) {
        log.add("lost");
        log.flush();
    }
}

TEST(LineLog, ThatIsOffTakesLinesAndKeepsNone) {
    LineLog log("off");
    EXPECT_FALSE(log.is_on());
    log.add("1");
    log.flush();
}

}  // namespace
}  // namespace tierway::telemetry
