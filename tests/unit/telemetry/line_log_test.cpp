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

TEST(LineLog, GoesOnInANewFileWhenTheOldOneWasMovedAway) {
    const Folder folder;
    const std::string path = folder.path + "/lines";
    LineLog log(path, LineLog::Readers::Owner);
    log.add("1");
    std::filesystem::rename(path, path + ".1");
    log.add("2");
    log.flush();  // Still the old one, by whatever name.
    log.add("3");
    log.reopen();
    log.add("4");
    log.flush();
    EXPECT_EQ(content_of(path + ".1"), "1\n2\n3\n");
    EXPECT_EQ(content_of(path), "4\n");
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(LineLog, KeepsItsFileWhenThereCanBeNoNewOne) {
    const Folder folder;
    const std::string path = folder.path + "/made/lines";
    LineLog log(path);
    std::filesystem::rename(folder.path + "/made", folder.path + "/moved");
    std::ofstream(folder.path + "/made").put('x');  // A file where the folder was.
    log.reopen();
    log.add("kept");
    log.flush();
    EXPECT_EQ(content_of(folder.path + "/moved/lines"), "kept\n");
}

TEST(LineLog, AppendsToAFileThatWasCutShort) {
    const Folder folder;
    const std::string path = folder.path + "/lines";
    LineLog log(path);
    log.add("1");
    log.flush();
    std::filesystem::resize_file(path, 0);  // As logrotate's copytruncate does.
    log.add("2");
    log.flush();
    EXPECT_EQ(content_of(path), "2\n");
}

TEST(LineLog, WithoutAFileHasNothingToReopen) {
    LineLog off("off");
    off.reopen();
    EXPECT_FALSE(off.is_on());
    LineLog standard("stdout");
    standard.reopen();
    EXPECT_TRUE(standard.is_on());
}

}  // namespace
}  // namespace tierway::telemetry
