#include "tierway/dialect/seal.hpp"

#include <gtest/gtest.h>

namespace tierway::dialect {
namespace {

TEST(Seal, OfTheDoorsOwnFamilyIsAsItsMakerWroteIt) {
    EXPECT_EQ(tagged_seal(Origin::Anthropic, false, "abc:def", Origin::Anthropic), "abc:def");
    const UntaggedSeal read = read_seal("abc:def", Origin::Anthropic);
    EXPECT_EQ(read.origin, Origin::Anthropic);
    EXPECT_EQ(read.seal, "abc:def");
}

TEST(Seal, OfAnotherFamilyComesBackToItsMaker) {
    for (const bool hidden : {false, true}) {
        const std::string text = tagged_seal(Origin::OpenAi, hidden, "x:y=", Origin::Anthropic);
        const UntaggedSeal read = read_seal(text, Origin::Anthropic);
        EXPECT_EQ(read.origin, Origin::OpenAi);
        EXPECT_EQ(read.hidden, hidden);
        EXPECT_EQ(read.seal, "x:y=");
    }
}

}  // namespace
}  // namespace tierway::dialect
