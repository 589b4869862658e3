#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/error_body.hpp"
#include "tierway/dialect/responses.hpp"

namespace tierway::dialect::responses {
namespace {

void write_text_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
    if (text.empty()) {
        json.null(name);
    } else {
        json.text(name, text);
    }
}

}  // namespace

std::string error_event(const Error& error, std::int64_t sequence_number) {
    // {"error":{…}}: the members of the envelope that errors before the stream have.
    const std::string envelope = openai_error_body(error);
    constexpr std::string_view kBefore = R"({"error":)";
    const std::string_view inner = std::string_view(envelope).substr(kBefore.size(), envelope.size() - kBefore.size() - 1);
    std::string out = "event: error\ndata: ";
    JsonWriter json(out);
    json.begin_object().text("type", "error");
    write_text_or_null(json, "code", error.code());
    json.text("message", error.message());
    write_text_or_null(json, "param", error.param());
    json.raw("error", inner).integer("sequence_number", sequence_number).end_object();
    return out += "\n\n";
}

}  // namespace tierway::dialect::responses
