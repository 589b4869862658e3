#include "tierway/base/artifact_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "tierway/base/sha256.hpp"

namespace tierway {
namespace {

// The layout as the header file states it.
constexpr std::size_t kVersionAt = 40;
constexpr std::size_t kSectionCountAt = 44;
constexpr std::size_t kFileBytesAt = 48;
constexpr std::size_t kTableAt = 56;
constexpr std::size_t kEntryBytes = 48;
constexpr std::size_t kOffsetInEntry = 32;
constexpr std::size_t kSizeInEntry = 40;
constexpr std::size_t kChecksumBytes = 32;

class ArtifactFileTest : public ::testing::Test {
protected:
    ArtifactFileTest() { std::filesystem::create_directories(folder_); }
    ~ArtifactFileTest() override { std::filesystem::remove_all(folder_); }

    static ArtifactWriter sample() {
        ArtifactWriter writer("classifier", 3);
        writer.add("labels", "chat,code");
        writer.add_array<float>("weights", std::array{1.5F, -2.0F, 0.25F});
        return writer;
    }
    void put(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
    [[nodiscard]] auto open() const { return ArtifactFile::open(path_, "classifier", 3); }
    /// What is said of the file, or "" when it is fine.
    [[nodiscard]] std::string complaint() const {
        const auto file = open();
        return file ? std::string() : std::string(file.error().message());
    }
    /// Overwrites bytes and makes the checksum fit again, so that what is behind it is tested.
    template <class T>
    static std::string changed(std::string bytes, std::size_t at, T value) {
        std::memcpy(bytes.data() + at, &value, sizeof value);
        return sealed(std::move(bytes));
    }
    static std::string sealed(std::string bytes) {
        bytes.resize(bytes.size() - kChecksumBytes);
        const Sha256 digest = sha256(bytes);
        return bytes.append(reinterpret_cast<const char*>(digest.data()), digest.size());
    }

    std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) / "artifact_file_test" /
                                    ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::string path_ = folder_ / "model.twm";
};

TEST_F(ArtifactFileTest, GivesBackWhatWasWritten) {
    ASSERT_TRUE(sample().write(path_));
    const auto file = open();
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(*(*file)->section("labels"), "chat,code");
    const auto weights = *(*file)->array<float>("weights");
    EXPECT_EQ(std::vector<float>(weights.begin(), weights.end()), (std::vector<float>{1.5F, -2.0F, 0.25F}));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(weights.data()) % artifact::kAlignment, 0U);
    EXPECT_EQ((*file)->hash().size(), 64U);
}

TEST_F(ArtifactFileTest, KeepsEmptySectionsAndTexts) {
    ArtifactWriter writer("classifier", 3);
    writer.add("nothing", "");
    writer.add_texts("names", std::vector<std::string>{"open_qa", "", "chat"});
    writer.add_texts("none", {});
    writer.add_value<std::uint64_t>("one", 7);
    ASSERT_TRUE(writer.write(path_));
    const auto file = open();
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(*(*file)->section("nothing"), "");
    EXPECT_EQ(*(*file)->texts("names"), (std::vector<std::string_view>{"open_qa", "", "chat"}));
    EXPECT_TRUE((*file)->texts("none")->empty());
    EXPECT_EQ(*(*file)->value<std::uint64_t>("one"), 7U);
}

TEST_F(ArtifactFileTest, IsTheSameBytesEachTime) {
    EXPECT_EQ(*sample().bytes(), *sample().bytes());
}

TEST_F(ArtifactFileTest, OutlivesItsFile) {
    ASSERT_TRUE(sample().write(path_));
    const auto file = open();
    ASSERT_TRUE(file);
    std::filesystem::resize_file(path_, 0);
    EXPECT_EQ(*(*file)->section("labels"), "chat,code");
}

TEST_F(ArtifactFileTest, NamesASectionThatIsNotThere) {
    ASSERT_TRUE(sample().write(path_));
    const auto file = open();
    ASSERT_TRUE(file);
    EXPECT_FALSE((*file)->find("bias"));
    EXPECT_EQ((*file)->section("bias").error().message(), R"(It lacks the section "bias".)");
}

TEST_F(ArtifactFileTest, RefusesASectionAsWhatItIsNot) {
    ASSERT_TRUE(sample().write(path_));
    const auto file = open();
    ASSERT_TRUE(file);
    EXPECT_FALSE((*file)->array<double>("labels"));
    EXPECT_FALSE((*file)->value<float>("weights"));
    EXPECT_FALSE((*file)->texts("labels"));
}

TEST_F(ArtifactFileTest, SeesEveryFlippedBit) {
    const std::string whole = *sample().bytes();
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        put(damaged);
        ASSERT_NE(complaint(), "") << "byte " << at;
    }
}

TEST_F(ArtifactFileTest, SeesEveryCut) {
    const std::string whole = *sample().bytes();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        put(whole.substr(0, size));
        ASSERT_NE(complaint(), "") << "cut to " << size;
    }
    put(whole + '\0');
    EXPECT_NE(complaint().find("It is damaged: it says that it has"), std::string::npos) << complaint();
}

TEST_F(ArtifactFileTest, SaysThatSomethingElseIsNoArtefact) {
    put(std::string(5'000, 'x'));
    EXPECT_EQ(complaint(), "It is no artefact of Tierway: its first bytes are those of something else.");
    put("");
    EXPECT_EQ(complaint(), "It is no artefact of Tierway: it is too short for one.");
}

TEST_F(ArtifactFileTest, SaysWhyAFileCannotBeRead) {
    EXPECT_EQ(complaint(), "It cannot be read: No such file or directory.");
    EXPECT_EQ(ArtifactFile::open(folder_, "classifier", 3).error().message(), "It is no regular file.");
    ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(ArtifactFile::open(folder_ / "pipe", "classifier", 3).error().message(), "It is no regular file.");
}

TEST_F(ArtifactFileTest, RefusesWhatIsTooLargeUnread) {
    put("TIERWAY\n");
    std::filesystem::resize_file(path_, artifact::kBytesMax + 1);
    EXPECT_EQ(complaint(), "It is larger than 64 MiB, which no artefact is.");
}

TEST_F(ArtifactFileTest, NamesTheKindsThatDiffer) {
    ASSERT_TRUE(sample().write(path_));
    EXPECT_EQ(ArtifactFile::open(path_, "gain", 3).error().message(),
              R"(It holds an artefact of the kind "classifier", and what is needed here is "gain".)");
}

TEST_F(ArtifactFileTest, NamesTheVersionsThatDiffer) {
    put(changed<std::uint32_t>(*sample().bytes(), kVersionAt, 4));
    EXPECT_EQ(complaint(), "It is of version 4 of its kind, and this build reads version 3: train it again with this build.");
}

TEST_F(ArtifactFileTest, RefusesSectionsThatCannotBe) {
    const std::string whole = *sample().bytes();
    put(changed<std::uint32_t>(whole, kSectionCountAt, 0xFFFFFFFF));
    EXPECT_EQ(complaint(), "It is damaged: it cannot have 4294967295 sections.");
    put(changed<std::uint32_t>(whole, kSectionCountAt, 1));
    EXPECT_NE(complaint(), "");
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{64}, ~std::uint64_t{0}, std::uint64_t{1} << 40U}) {
        put(changed(whole, kTableAt + kOffsetInEntry, offset));
        EXPECT_EQ(complaint(), R"(It is damaged: its section "labels" lies where it cannot.)") << offset;
    }
    for (const std::uint64_t size : {~std::uint64_t{0}, std::uint64_t{1} << 40U, std::uint64_t{whole.size()}}) {
        put(changed(whole, kTableAt + kSizeInEntry, size));
        EXPECT_EQ(complaint(), R"(It is damaged: its section "labels" lies where it cannot.)") << size;
    }
    put(changed(whole, kFileBytesAt, std::uint64_t{whole.size()} + 1));
    EXPECT_NE(complaint(), "");
}

TEST_F(ArtifactFileTest, RefusesNamesThatAreNone) {
    const std::string whole = *sample().bytes();
    put(changed(whole, kTableAt, '\0'));
    EXPECT_EQ(complaint(), "It is damaged: the name of section 1 is none, or that of another.");
    std::string twice = whole;
    std::memcpy(twice.data() + kTableAt + kEntryBytes, twice.data() + kTableAt, artifact::kNameBytesMax + 1);
    put(sealed(twice));
    EXPECT_EQ(complaint(), "It is damaged: the name of section 2 is none, or that of another.");
    std::string endless = whole;
    std::memset(endless.data() + kTableAt, 'x', artifact::kNameBytesMax + 1);
    put(sealed(endless));
    EXPECT_EQ(complaint(), "It is damaged: the name of section 1 is none, or that of another.");
}

TEST_F(ArtifactFileTest, ReplacesTheOldOneWhole) {
    put("what was there");
    ASSERT_TRUE(sample().write(path_));
    EXPECT_EQ(complaint(), "");
    const auto files = std::filesystem::directory_iterator(folder_);
    EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "nothing else is left in the folder";
}

TEST_F(ArtifactFileTest, SaysWhyItCannotBeWritten) {
    const std::string nowhere = folder_ / "missing" / "model.twm";
    EXPECT_EQ(sample().write(nowhere).error().message(), nowhere + " cannot be written: No such file or directory.");
}

TEST_F(ArtifactFileTest, RefusesToWriteMoreThanWouldBeRead) {
    ArtifactWriter writer("classifier", 3);
    writer.add("weights", std::string(artifact::kBytesMax, '\0'));
    EXPECT_FALSE(writer.bytes());
    EXPECT_FALSE(writer.write(path_));
    EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace tierway
