#include <vector>

#include "dialect/answer_parts.hpp"
#include "dialect/embeddings/vector_text.hpp"
#include "dialect/provider_words.hpp"
#include "tierway/dialect/embeddings.hpp"
#include "tierway/dialect/error_body.hpp"
#include "tierway/wire/edits.hpp"

namespace tierway::dialect {
namespace {

/// The vector as JSON text in the encoding; empty when it is neither numbers nor Base64 of floats.
std::string rewritten(const wire::JsonValue& vector, VectorEncoding encoding) {
    std::string scratch;
    const auto numbers = vector.is_array() ? floats_of_array(vector) : floats_of_base64(vector.string(scratch));
    if (!numbers) {
        return {};
    }
    return encoding == VectorEncoding::Base64 ? base64_of(*numbers) : array_of(*numbers);
}

}  // namespace

Result<ChatAnswer> read_embeddings_answer(const wire::JsonValue& body, std::string_view provider_name, std::size_t inputs) {
    if (holds_error(body)) {
        return error_from_provider(200, body, provider_name);
    }
    const wire::JsonValue data = body.find("data");
    if (!data.is_array() || data.size() != inputs) {
        return malformed_answer(provider_name, "not as many embeddings as were asked for");
    }
    for (const wire::JsonValue entry : data) {
        const wire::JsonValue vector = entry.find("embedding");
        if (!vector.is_array() && !vector.is_string()) {
            return malformed_answer(provider_name, "an embedding that is neither numbers nor Base64");
        }
    }
    ChatAnswer answer;
    answer.usage = read_usage(body.find("usage"));
    answer.model = body.find("model").to_string();
    return answer;
}

Result<std::string> write_embeddings_answer(std::string_view text, const wire::JsonValue& body, std::string_view model,
                                            VectorEncoding encoding, std::string_view provider_name) {
    wire::Edits edits;
    const wire::JsonValue told = body.find("model");
    std::string member("\"model\":");
    if (told.exists()) {
        edits.replace(told.range(), model);
    } else {
        edits.append_member(body, member.append(model));
    }
    const wire::JsonValue data = body.find("data");
    std::vector<std::string> vectors;
    vectors.reserve(data.size());
    for (const wire::JsonValue entry : data) {
        const wire::JsonValue vector = entry.find("embedding");
        if (vector.is_string() == (encoding == VectorEncoding::Base64)) {
            continue;
        }
        // The edits hold views, and a vector of strings that grew would have moved them; it was reserved.
        const std::string& written = vectors.emplace_back(rewritten(vector, encoding));
        if (written.empty()) {
            return malformed_answer(provider_name, "an embedding that is neither numbers nor Base64 of 32-bit floats");
        }
        edits.replace(vector.range(), written);
    }
    std::string out;
    edits.append_edited(text, out);
    return out;
}

}  // namespace tierway::dialect
