#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>

#include "tierway/wire/json_view.hpp"
#include "wire/json_documents.hpp"

namespace tierway::wire {
namespace {

using test::JsonDocument;
using test::kAcceptedDocuments;
using test::kRefusedDocuments;

static_assert(kAcceptedDocuments.size() >= 60);
static_assert(kRefusedDocuments.size() >= 120);

/// Parses a copy on the heap that ends where the text ends, so that the address sanitizer sees any read beyond it.
bool accepts(JsonParser& parser, std::string_view text) {
    const auto exact = std::make_unique<char[]>(text.size());
    if (!text.empty()) {
        std::memcpy(exact.get(), text.data(), text.size());
    }
    return parser.parse({exact.get(), text.size()}).has_value();
}

TEST(JsonCorpus, AcceptsValidDocuments) {
    JsonParser parser;
    for (const JsonDocument& document : kAcceptedDocuments) {
        SCOPED_TRACE(document.name);
        EXPECT_TRUE(accepts(parser, document.text));
    }
}

TEST(JsonCorpus, RefusesInvalidDocuments) {
    JsonParser parser;
    for (const JsonDocument& document : kRefusedDocuments) {
        SCOPED_TRACE(document.name);
        EXPECT_FALSE(accepts(parser, document.text));
    }
}

TEST(JsonCorpus, RefusesInvalidDocumentsInsideAnArrayAndAnObject) {
    JsonParser parser;
    for (const JsonDocument& document : kRefusedDocuments) {
        // What closes the wrapper, fills it or is only refused at the root is not invalid inside one.
        const bool depends_on_place = document.text.find_first_not_of(" \t\r\n") == std::string_view::npos ||
                                      document.name.starts_with("duplicate") || document.name == "comma behind the value";
        if (depends_on_place) {
            continue;
        }
        SCOPED_TRACE(document.name);
        EXPECT_FALSE(accepts(parser, "[0," + std::string(document.text) + "]"));
        EXPECT_FALSE(accepts(parser, "{\"k\":" + std::string(document.text) + "}"));
    }
}

TEST(JsonCorpus, AcceptsValidDocumentsAtEveryOffsetOfABlock) {
    // simdjson works on blocks of 64 bytes; tokens, escapes and characters that cross their bounds are carried over.
    JsonParser parser;
    for (const JsonDocument& document : kAcceptedDocuments) {
        SCOPED_TRACE(document.name);
        for (std::size_t padding = 0; padding < 130; ++padding) {
            ASSERT_TRUE(accepts(parser, std::string(padding, ' ') + std::string(document.text))) << padding;
            const std::string in_array = "[\"" + std::string(padding, 'x') + "\"," + std::string(document.text) + "]";
            ASSERT_TRUE(accepts(parser, in_array)) << padding;
        }
    }
}

TEST(JsonCorpus, RefusesInvalidDocumentsAtEveryOffsetOfABlock) {
    JsonParser parser;
    for (const JsonDocument& document : kRefusedDocuments) {
        SCOPED_TRACE(document.name);
        for (std::size_t padding = 0; padding < 130; ++padding) {
            ASSERT_FALSE(accepts(parser, std::string(padding, ' ') + std::string(document.text))) << padding;
        }
    }
}

TEST(JsonCorpus, RefusesEveryProperPrefixOfAContainer) {
    JsonParser parser;
    for (const JsonDocument& document : kAcceptedDocuments) {
        const std::size_t first = document.text.find_first_not_of(" \t\r\n");
        if (document.text[first] != '{' && document.text[first] != '[' && document.text[first] != '"') {
            continue;
        }
        SCOPED_TRACE(document.name);
        const std::size_t last = document.text.find_last_not_of(" \t\r\n");
        for (std::size_t size = 0; size <= last; ++size) {
            ASSERT_FALSE(accepts(parser, document.text.substr(0, size))) << size;
        }
    }
}

TEST(JsonCorpus, NamesAByteInsideTheTextInEveryRefusal) {
    JsonParser parser;
    for (const JsonDocument& document : kRefusedDocuments) {
        SCOPED_TRACE(document.name);
        const Result<JsonValue> result = parser.parse(document.text);
        ASSERT_TRUE(result.has_error());
        EXPECT_EQ(result.error().kind(), ErrorKind::InvalidRequest);
        EXPECT_EQ(result.error().code(), "invalid_json");
        const std::string message(result.error().message());
        const std::size_t number = message.find("at byte ");
        ASSERT_NE(number, std::string::npos) << message;
        EXPECT_LE(std::stoul(message.substr(number + 8)), document.text.size()) << message;
    }
}

}  // namespace
}  // namespace tierway::wire
