#include "tierway/base/text_buffer.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace tierway {
namespace {

TEST(TextBuffer, KeepsWhatWasWrittenWhileItGrows) {
    TextBuffer text;
    std::string wanted;
    for (int i = 0; i < 2'000; ++i) {
        const std::string number = std::to_string(i);
        text.append(number, "", ",");
        wanted += number + ",";
    }
    EXPECT_EQ(text.view(), wanted);
    EXPECT_EQ(text.size(), wanted.size());
}

TEST(TextBuffer, TakesNoMoreThanWasCommitted) {
    TextBuffer text;
    char* to = text.claim(100);
    to = TextBuffer::put(to, "abc");
    text.commit(to);
    text.claim(1'000);
    EXPECT_EQ(text.view(), "abc");
    text.clear();
    EXPECT_TRUE(text.empty());
}

TEST(TextBuffer, CopiesAndMoves) {
    TextBuffer text;
    text.append("abc");
    TextBuffer copy = text;
    copy.append("d");
    EXPECT_EQ(text.view(), "abc");
    const TextBuffer moved = std::move(copy);
    EXPECT_EQ(moved.view(), "abcd");
    text = moved;
    EXPECT_EQ(text.to_string(), "abcd");
}

}  // namespace
}  // namespace tierway
