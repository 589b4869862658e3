#include "tierway/telemetry/otlp_request.hpp"

#include "tierway/base/json_text.hpp"

namespace tierway::telemetry {
namespace {

/// Of the conventions that the spans' attributes keep to (`span_attributes.hpp`).
constexpr std::string_view kSchema = "https://opentelemetry.io/schemas/1.41.0";

void append_attribute(std::string& out, std::string_view key, std::string_view value) {
    out += out.back() == '[' ? R"({"key":)" : R"(,{"key":)";
    append_json_string(out, key);
    out += R"(,"value":{"stringValue":)";
    append_json_string(out, value);
    out += "}}";
}

}  // namespace

OtlpFrame otlp_frame(std::string_view service_name, std::string_view version, std::string_view instance,
                     std::span<const std::pair<std::string, std::string>> resource) {
    std::string before = R"({"resourceSpans":[{"resource":{"attributes":[)";
    append_attribute(before, "service.name", service_name);
    append_attribute(before, "service.version", version);
    bool names_instance = false;
    for (const auto& [key, value] : resource) {
        append_attribute(before, key, value);
        names_instance = names_instance || key == "service.instance.id";
    }
    if (!names_instance) {
        append_attribute(before, "service.instance.id", instance);
    }
    before += R"(]},"scopeSpans":[{"scope":{"name":"tierway","version":)";
    append_json_string(before, version);
    before += R"(},"spans":[)";
    // The schema is named once more for the resource's own attributes.
    static const std::string schema = R"(,"schemaUrl":")" + std::string(kSchema) + R"("}])";
    static const std::string behind = "]" + schema + schema + "}";
    return {std::move(before), behind};
}

}  // namespace tierway::telemetry
