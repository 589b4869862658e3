#include "tierway/config/file_watch.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tierway::config {
namespace {

namespace fs = std::filesystem;

class FileWatchTest : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("tierway-watch-" + std::to_string(::getpid()) + "-" +
                                               testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directory(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

    fs::path folder_;
};

TEST_F(FileWatchTest, ReportsAChangeOnceWhenItStandsStill) {
    write("a", "one");
    FileWatch watch(path("a"));
    EXPECT_FALSE(watch.changed());
    EXPECT_FALSE(watch.changed());
    write("a", "three");
    EXPECT_FALSE(watch.changed()) << "it may still be written";
    EXPECT_TRUE(watch.changed());
    EXPECT_FALSE(watch.changed());
}

TEST_F(FileWatchTest, WaitsWhileTheFileGrows) {
    write("a", "one");
    FileWatch watch(path("a"));
    std::string text = "two";
    for (int i = 0; i < 5; ++i) {
        text += '.';
        write("a", text);
        EXPECT_FALSE(watch.changed());
    }
    EXPECT_TRUE(watch.changed());
}

TEST_F(FileWatchTest, SeesARenameOverTheFile) {
    write("a", "one");
    FileWatch watch(path("a"));
    write("b", "two");
    fs::last_write_time(folder_ / "b", fs::last_write_time(folder_ / "a"));
    fs::rename(folder_ / "b", folder_ / "a");
    EXPECT_FALSE(watch.changed());
    EXPECT_TRUE(watch.changed());
}

TEST_F(FileWatchTest, SeesThatALinkOnTheWayPointsElsewhere) {
    fs::create_directory(folder_ / "v1");
    fs::create_directory(folder_ / "v2");
    write("v1/a", "same");
    write("v2/a", "same");
    fs::create_directory_symlink("v1", folder_ / "data");
    FileWatch watch(path("data/a"));
    fs::create_directory_symlink("v2", folder_ / "next");
    fs::rename(folder_ / "next", folder_ / "data");
    EXPECT_FALSE(watch.changed());
    EXPECT_TRUE(watch.changed());
}

TEST_F(FileWatchTest, TakesAFileThatIsGoneForNoChange) {
    write("a", "one");
    FileWatch watch(path("a"));
    fs::remove(folder_ / "a");
    EXPECT_FALSE(watch.changed());
    EXPECT_FALSE(watch.changed());
    write("a", "back");
    EXPECT_FALSE(watch.changed());
    EXPECT_TRUE(watch.changed());
}

TEST_F(FileWatchTest, DoesNotReportWhatWasSeenOtherwise) {
    write("a", "one");
    FileWatch watch(path("a"));
    write("a", "three");
    watch.mark_seen();
    EXPECT_FALSE(watch.changed());
    EXPECT_FALSE(watch.changed());
}

}  // namespace
}  // namespace tierway::config
