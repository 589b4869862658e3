#include "tierway/base/sha256.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace tierway {
namespace {

// The examples of FIPS 180-4.
TEST(Sha256, IsThatOfTheStandard) {
    EXPECT_EQ(hex_of(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex_of(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex_of(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, IsTheSameOnEveryThread) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([] {
            for (int j = 0; j < 1'000; ++j) {
                ASSERT_EQ(sha256("abc")[0], 0xBA);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

TEST(Sha256, ReadsItsOwnDigitsOfEitherCaseBack) {
    const Sha256 digest = sha256("abc");
    std::string hex = hex_of(digest);
    EXPECT_EQ(sha256_from_hex(hex), digest);
    for (char& c : hex) {
        c = static_cast<char>(std::toupper(c));
    }
    EXPECT_EQ(sha256_from_hex(hex), digest);
}

TEST(Sha256, ReadsNothingElse) {
    const std::string hex = hex_of(sha256("abc"));
    EXPECT_FALSE(sha256_from_hex(""));
    EXPECT_FALSE(sha256_from_hex(hex.substr(1)));
    EXPECT_FALSE(sha256_from_hex(hex + "0"));
    for (const char wrong : {'g', 'G', ' ', '/', ':', '@', '`', '\0', '\xff'}) {
        std::string text = hex;
        text[17] = wrong;
        EXPECT_FALSE(sha256_from_hex(text)) << wrong;
    }
}

}  // namespace
}  // namespace tierway
