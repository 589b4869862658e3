#include <algorithm>

#include "dialect/model_member.hpp"
#include "dialect/redirecting_fields.hpp"
#include "dialect/request_errors.hpp"
#include "tierway/dialect/embeddings.hpp"
#include "tierway/dialect/token_estimate.hpp"

namespace tierway::dialect {
namespace {

constexpr std::string_view kInputForms = "a string, an array of tokens, or an array of strings or of arrays of tokens";

/// What an entry of `input` is.
enum class InputForm : std::uint8_t { Text, Token, Tokens, Other };

bool is_token(const wire::JsonValue& value) noexcept {
    return value.integer().value_or(-1) >= 0;
}

InputForm form_of(const wire::JsonValue& value) noexcept {
    if (value.is_string()) {
        return InputForm::Text;
    }
    if (is_token(value)) {
        return InputForm::Token;
    }
    const bool tokens = value.is_array() && std::all_of(value.begin(), value.end(), is_token);
    return tokens ? InputForm::Tokens : InputForm::Other;
}

void count_input(EmbeddingsRequest& request, std::size_t bytes) noexcept {
    ++request.inputs;
    request.input_bytes += bytes;
    request.longest_input_bytes = std::max(request.longest_input_bytes, bytes);
}

Error empty_input(std::string_view param) {
    return invalid_value(param, "must not be empty");
}

Result<void> read_list(EmbeddingsRequest& request, const wire::JsonValue& list) {
    const std::size_t entries = list.size();
    if (entries == 0) {
        return empty_input("input");
    }
    const InputForm form = form_of(list.at(0));
    if (form == InputForm::Token) {
        if (form_of(list) != InputForm::Tokens) {
            return invalid_value("input", "must not mix tokens with anything else");
        }
        count_input(request, entries * kBytesPerToken);
        return {};
    }
    if (entries > EmbeddingsRequest::kInputsMax) {
        const std::string most = std::to_string(EmbeddingsRequest::kInputsMax);
        return invalid_value("input", "must hold at most " + most + " entries, but holds " + std::to_string(entries));
    }
    std::size_t index = 0;
    for (const wire::JsonValue entry : list) {
        const std::string param = element_path("input", index++);
        const InputForm entry_form = form_of(entry);
        if (entry_form == InputForm::Other || entry_form == InputForm::Token) {
            return invalid_type(param, "a string or an array of tokens", entry);
        }
        if (entry_form != form) {
            return invalid_value("input", "must not mix strings with arrays of tokens");
        }
        const bool is_text = entry_form == InputForm::Text;
        const std::size_t bytes = is_text ? entry.range().size() - 2 : entry.size() * kBytesPerToken;
        if (bytes == 0) {
            return empty_input(param);
        }
        count_input(request, bytes);
    }
    return {};
}

Result<void> read_input(EmbeddingsRequest& request, const wire::JsonValue& input) {
    if (!input.exists() || input.is_null()) {
        return missing_parameter("input", kInputForms);
    }
    if (input.is_array()) {
        return read_list(request, input);
    }
    if (!input.is_string()) {
        return invalid_type("input", kInputForms, input);
    }
    const std::size_t bytes = input.range().size() - 2;
    if (bytes == 0) {
        return empty_input("input");
    }
    count_input(request, bytes);
    return {};
}

Result<void> read_encoding(EmbeddingsRequest& request, const wire::JsonValue& format) {
    if (!format.exists() || format.is_null() || format.string_is("float")) {
        return {};
    }
    if (!format.is_string()) {
        return invalid_type("encoding_format", "a string", format);
    }
    if (!format.string_is("base64")) {
        return invalid_value("encoding_format", "must be float or base64");
    }
    request.encoding = VectorEncoding::Base64;
    return {};
}

}  // namespace

Result<EmbeddingsRequest> read_embeddings_request(const wire::JsonValue& body) {
    if (!body.is_object()) {
        return Error::downstream(ErrorKind::InvalidRequest, "invalid_type",
                                 "The request body must be a JSON object with 'model' and 'input'.");
    }
    EmbeddingsRequest request;
    request.body = body;
    request.model = body.find("model");
    std::string scratch;
    for (const wire::JsonValue member : body) {
        const std::string_view key = member.key(scratch);
        if (redirects_the_call(key)) {
            return redirecting_field(key);
        }
    }
    Result<void> checked = read_model_member(request.model, request.model_name);
    if (checked) {
        checked = read_input(request, body.find("input"));
    }
    if (checked) {
        checked = read_encoding(request, body.find("encoding_format"));
    }
    if (!checked) {
        return checked.error();
    }
    return request;
}

}  // namespace tierway::dialect
