#include <gtest/gtest.h>

#include "dialect/document.hpp"
#include "tierway/dialect/embeddings.hpp"

namespace tierway::dialect {
namespace {

/// An answer with these vectors as JSON.
std::string answer_of(const std::string& vectors) {
    return R"({"object":"list","data":[)" + vectors + R"(],"model":"up","usage":{"prompt_tokens":7,"total_tokens":7}})";
}

std::string entry(const std::string& vector) {
    return R"({"object":"embedding","index":0,"embedding":)" + vector + "}";
}

/// What a client that asked for the encoding gets; empty: an error.
std::string written(const std::string& answer, VectorEncoding encoding) {
    const Document document(answer);
    const auto text = write_embeddings_answer(answer, document.root(), R"("small/embed")", encoding, "p");
    return text ? *text : std::string();
}

std::string renamed(std::string answer) {
    return answer.replace(answer.find(R"("up")"), 4, R"("small/embed")");
}

TEST(EmbeddingsAnswer, PassesAsItIsButForTheModel) {
    const std::string floats = answer_of(entry("[0.1, -2,3e1]"));
    EXPECT_EQ(written(floats, VectorEncoding::Float), renamed(floats));
    const std::string base64 = answer_of(entry(R"("AACAPwAAAMA=")"));
    EXPECT_EQ(written(base64, VectorEncoding::Base64), renamed(base64));
}

TEST(EmbeddingsAnswer, IsEncodedAsTheClientAsked) {
    // 1.0 and -2.0 as little-endian 32-bit floats: 00 00 80 3f, 00 00 00 c0.
    const std::string floats = answer_of(entry("[1,-2]"));
    const std::string base64 = answer_of(entry(R"("AACAPwAAAMA=")"));
    EXPECT_EQ(written(floats, VectorEncoding::Base64), renamed(base64));
    EXPECT_EQ(written(base64, VectorEncoding::Float), renamed(floats));
}

TEST(EmbeddingsAnswer, KeepsEachFloatThroughBothEncodings) {
    // One, two and three numbers: every length of padding.
    for (const std::string vector : {"[0.1]", "[0.1,-0.015625]", "[3.4028235e+38,1e-45,0.33333334]", "[]"}) {
        const std::string base64 = written(answer_of(entry(vector)), VectorEncoding::Base64);
        EXPECT_EQ(written(base64, VectorEncoding::Float), renamed(answer_of(entry(vector)))) << base64;
    }
}

TEST(EmbeddingsAnswer, MayMixEncodings) {
    const std::string mixed = answer_of(entry("[1,-2]") + "," + entry(R"("AACAPwAAAMA")"));
    EXPECT_EQ(written(mixed, VectorEncoding::Float), renamed(answer_of(entry("[1,-2]") + "," + entry("[1,-2]"))));
}

TEST(EmbeddingsAnswer, IsRefusedWhenAVectorCannotBeRead) {
    EXPECT_EQ(written(answer_of(entry(R"([1,"2"])")), VectorEncoding::Base64), "");
    EXPECT_EQ(written(answer_of(entry("[1e39]")), VectorEncoding::Base64), "");
    EXPECT_EQ(written(answer_of(entry(R"("AACA")")), VectorEncoding::Float), "") << "three bytes";
    EXPECT_EQ(written(answer_of(entry(R"("AACAP")")), VectorEncoding::Float), "") << "a lone digit";
    EXPECT_EQ(written(answer_of(entry(R"("AAC-Pw==")")), VectorEncoding::Float), "") << "no digit";
    EXPECT_EQ(written(answer_of(entry(R"("AADAfw==")")), VectorEncoding::Float), "") << "not a number";
}

TEST(EmbeddingsAnswer, SaysWhatItUsed) {
    const Document document(answer_of(entry("[1]")));
    const auto answer = read_embeddings_answer(document.root(), "p", 1);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->model, "up");
    EXPECT_EQ(answer->usage, (TokenUsage{.prompt = 7}));
}

TEST(EmbeddingsAnswer, HasOneVectorForEachInput) {
    for (const std::string& body : {answer_of(""), answer_of(entry("[1]") + "," + entry("[1]")), answer_of(entry("null")), answer_of("7"),
                                   std::string(R"({"data":{}})"), std::string("[]"), std::string("null")}) {
        const Document document(body);
        const auto answer = read_embeddings_answer(document.root(), "p", 1);
        ASSERT_FALSE(answer) << body;
        EXPECT_EQ(answer.error().code(), "upstream_malformed") << body;
    }
}

TEST(EmbeddingsAnswer, MayBeAnError) {
    const Document document(R"({"error":{"message":"too long","type":"invalid_request_error","code":null}})");
    const auto answer = read_embeddings_answer(document.root(), "p", 1);
    ASSERT_FALSE(answer);
    EXPECT_NE(std::string(answer.error().message()).find("too long"), std::string::npos);
}

}  // namespace
}  // namespace tierway::dialect
