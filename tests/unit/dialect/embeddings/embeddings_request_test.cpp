#include <gtest/gtest.h>

#include "dialect/document.hpp"
#include "tierway/dialect/embeddings.hpp"

namespace tierway::dialect {
namespace {

/// What is refused, as `code param`; empty when nothing is.
std::string refusal_of(const std::string& body) {
    const Document document(body);
    const auto read = read_embeddings_request(document.root());
    return read ? std::string() : std::string(read.error().code()) + " " + std::string(read.error().param());
}

std::string with_input(const std::string& input) {
    return R"({"model":"auto","input":)" + input + "}";
}

EmbeddingsRequest read(const std::string& body) {
    const Document document(body);
    const auto read = read_embeddings_request(document.root());
    EXPECT_TRUE(read) << body;
    return read ? *read : EmbeddingsRequest();
}

TEST(EmbeddingsRequest, IsOneTextOrManyOrTokens) {
    EXPECT_EQ(read(with_input(R"("four")")).inputs, 1U);
    EXPECT_EQ(read(with_input(R"("four")")).input_bytes, 4U);
    const EmbeddingsRequest many = read(with_input(R"(["four","eightone","x"])"));
    EXPECT_EQ(many.inputs, 3U);
    EXPECT_EQ(many.input_bytes, 13U);
    EXPECT_EQ(many.longest_input_bytes, 8U);
    const EmbeddingsRequest tokens = read(with_input("[1,2,3]"));
    EXPECT_EQ(tokens.inputs, 1U);
    EXPECT_EQ(tokens.input_bytes, 12U);
    const EmbeddingsRequest lists = read(with_input("[[1,2,3],[4]]"));
    EXPECT_EQ(lists.inputs, 2U);
    EXPECT_EQ(lists.longest_input_bytes, 12U);
}

TEST(EmbeddingsRequest, RefusesInputsThatTheApiDoesNotHave) {
    EXPECT_EQ(refusal_of(R"({"model":"auto"})"), "missing_required_parameter input");
    EXPECT_EQ(refusal_of(with_input("null")), "missing_required_parameter input");
    EXPECT_EQ(refusal_of(with_input(R"("")")), "invalid_value input");
    EXPECT_EQ(refusal_of(with_input("[]")), "invalid_value input");
    EXPECT_EQ(refusal_of(with_input("7")), "invalid_type input");
    EXPECT_EQ(refusal_of(with_input("{}")), "invalid_type input");
    EXPECT_EQ(refusal_of(with_input(R"(["a",""])")), "invalid_value input[1]");
    EXPECT_EQ(refusal_of(with_input(R"(["a",[1]])")), "invalid_value input");
    EXPECT_EQ(refusal_of(with_input(R"([1,"a"])")), "invalid_value input");
    EXPECT_EQ(refusal_of(with_input(R"(["a",1])")), "invalid_type input[1]");
    EXPECT_EQ(refusal_of(with_input("[[1],[]]")), "invalid_value input[1]");
    EXPECT_EQ(refusal_of(with_input("[[1],[1.5]]")), "invalid_type input[1]");
    EXPECT_EQ(refusal_of(with_input("[-1]")), "invalid_type input[0]");
}

TEST(EmbeddingsRequest, HasAsManyInputsAsTheApiTakes) {
    std::string texts = R"("x")";
    for (std::size_t i = 1; i < EmbeddingsRequest::kInputsMax; ++i) {
        texts += R"(,"x")";
    }
    EXPECT_EQ(read(with_input("[" + texts + "]")).inputs, EmbeddingsRequest::kInputsMax);
    EXPECT_EQ(refusal_of(with_input("[" + texts + R"(,"x"])")), "invalid_value input");
}

TEST(EmbeddingsRequest, KnowsItsEncoding) {
    EXPECT_EQ(read(with_input(R"("x","encoding_format":"base64")")).encoding, VectorEncoding::Base64);
    EXPECT_EQ(read(with_input(R"("x","encoding_format":null)")).encoding, VectorEncoding::Float);
    EXPECT_EQ(refusal_of(with_input(R"("x","encoding_format":"int8")")), "invalid_value encoding_format");
    EXPECT_EQ(refusal_of(with_input(R"("x","encoding_format":1)")), "invalid_type encoding_format");
}

TEST(EmbeddingsRequest, MayNotRedirectTheCall) {
    EXPECT_EQ(refusal_of(with_input(R"("x","api_base":"http://elsewhere")")), "unsupported_parameter api_base");
    EXPECT_EQ(refusal_of(R"({"model":7,"input":"x"})"), "invalid_type model");
    EXPECT_EQ(refusal_of(R"(["x"])"), "invalid_type ");
}

}  // namespace
}  // namespace tierway::dialect
