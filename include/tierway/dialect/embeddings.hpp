#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/dialect/chat_answer.hpp"
#include "tierway/wire/json_view.hpp"

/// OpenAI's embeddings (WIRE.md section 3). Pure. Requests pass as they are but for the model's name; answers too, unless their
/// vectors are not encoded as the client asked.
namespace tierway::dialect {

/// How the vectors of an answer are written.
enum class VectorEncoding : std::uint8_t {
    Float,   ///< Arrays of numbers.
    Base64,  ///< Of the numbers as 32-bit floats, little-endian.
};

/// A request for embeddings as a view: what the gateway acts on, checked. Valid while the parser that indexed the body, and the
/// body's bytes, stay as they are.
struct EmbeddingsRequest {
    /// The API's own bound on the inputs of one request.
    static constexpr std::size_t kInputsMax = 2048;

    wire::JsonValue body;    ///< The root object.
    wire::JsonValue model;   ///< Present and a string.
    std::string model_name;  ///< `model` unescaped.
    std::size_t inputs = 0;  ///< How many vectors are asked for.
    /// Bytes of all inputs; an input that is an array of tokens counts `kBytesPerToken` for each.
    std::size_t input_bytes = 0;
    std::size_t longest_input_bytes = 0;
    VectorEncoding encoding = VectorEncoding::Float;  ///< `encoding_format`.
};

/// Reads the body of `POST /v1/embeddings`: `input` is a text, an array of tokens, or an array of one or the other. Unknown members
/// pass; those by which a client could redirect the gateway's own call are refused as in `read_chat_request`.
/// Errors: InvalidRequest with the envelope's `param`: `input` is empty, mixed, or of more than `kInputsMax` entries; an
/// `encoding_format` other than "float" and "base64"; a `model` that is no name.
Result<EmbeddingsRequest> read_embeddings_request(const wire::JsonValue& body);

/// What an answer says of itself: its model and usage; it has no choices. Errors: UpstreamMalformed when it is no list of as many
/// embeddings as were asked for; the provider's error when it is one inside a 200.
Result<ChatAnswer> read_embeddings_answer(const wire::JsonValue& body, std::string_view provider_name, std::size_t inputs);

/// The answer for the client. \param text what `body` indexes, an answer that was read. \param model the JSON string (with quotes)
/// of the name that is told. Vectors in another encoding than the client asked for are written in that one.
/// Errors: UpstreamMalformed: a vector that has to be written anew is neither numbers nor Base64 of 32-bit floats.
Result<std::string> write_embeddings_answer(std::string_view text, const wire::JsonValue& body, std::string_view model,
                                            VectorEncoding encoding, std::string_view provider_name);

}  // namespace tierway::dialect
