// Embeddings: whatever a client or a provider sends is read or refused, and an answer that is accepted is written in either encoding
// as JSON, or refused; written once in an encoding, it passes in that one as it is. The input is read as a request and as an answer.

#include <string>
#include <string_view>

#include "property.hpp"
#include "tierway/dialect/embeddings.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::fuzz {
namespace {

using dialect::VectorEncoding;

void check_request(const wire::JsonValue& body) {
    const auto request = dialect::read_embeddings_request(body);
    require(request || request.error().kind() == ErrorKind::InvalidRequest, "a request is read or refused");
    if (request) {
        require(request->inputs > 0 && request->inputs <= dialect::EmbeddingsRequest::kInputsMax, "it has inputs, within the bound");
        require(request->longest_input_bytes <= request->input_bytes, "none of which is longer than all");
    }
}

void check_answer(std::string_view text, const wire::JsonValue& body) {
    const std::size_t inputs = body.find("data").size();
    if (!dialect::read_embeddings_answer(body, "acme", inputs)) {
        return;
    }
    for (const VectorEncoding encoding : {VectorEncoding::Float, VectorEncoding::Base64}) {
        const auto written = dialect::write_embeddings_answer(text, body, "\"m\"", encoding, "acme");
        if (!written) {
            require(written.error().kind() == ErrorKind::UpstreamMalformed, "a vector that cannot be read is the provider's fault");
            continue;
        }
        wire::JsonParser parser;
        const auto parsed = parser.parse(*written);
        require(parsed.has_value(), "what is written is JSON");
        const auto again = dialect::write_embeddings_answer(*written, *parsed, "\"m\"", encoding, "acme");
        require(again && *again == *written, "and encoded as was asked");
    }
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    tierway::wire::JsonParser parser;
    if (const auto body = parser.parse(input)) {
        tierway::fuzz::check_request(*body);
        tierway::fuzz::check_answer(input, *body);
    }
    return 0;
}
