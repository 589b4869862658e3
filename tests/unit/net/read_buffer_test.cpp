#include "tierway/net/read_buffer.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace tierway::net {
namespace {

void put(ReadBuffer& buffer, std::string_view bytes) {
    std::memcpy(buffer.prepare(bytes.size()), bytes.data(), bytes.size());
    buffer.commit(bytes.size());
}

TEST(ReadBuffer, KeepsBytesInOrderWhileItGrows) {
    ReadBuffer buffer;
    std::string expected;
    for (int i = 0; i < 1'000; ++i) {
        const std::string piece = std::to_string(i) + ",";
        put(buffer, piece);
        expected += piece;
        if (i % 3 == 0) {
            buffer.consume(2);
            expected.erase(0, 2);
        }
        ASSERT_EQ(buffer.view(), expected);
    }
}

TEST(ReadBuffer, ReusesConsumedSpaceInsteadOfGrowing) {
    ReadBuffer buffer;
    put(buffer, std::string(1'000, 'a'));
    const std::size_t capacity = buffer.capacity();
    for (int i = 0; i < 100; ++i) {
        buffer.consume(buffer.size());
        put(buffer, std::string(900, 'b'));
    }
    EXPECT_EQ(buffer.capacity(), capacity);
}

TEST(ReadBuffer, GivesLargeMemoryBackOnlyWhenEmpty) {
    ReadBuffer buffer;
    put(buffer, std::string(100'000, 'a'));
    buffer.release_beyond(10);
    EXPECT_EQ(buffer.size(), 100'000U);
    buffer.consume(100'000);
    buffer.release_beyond(10);
    EXPECT_EQ(buffer.capacity(), 0U);
    put(buffer, "again");
    EXPECT_EQ(buffer.view(), "again");
}

}  // namespace
}  // namespace tierway::net
