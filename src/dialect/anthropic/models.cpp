#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/anthropic_models.hpp"

namespace tierway::dialect::anthropic {
namespace {

void write_model(JsonWriter& json, const ListedModel& model) {
    json.begin_object().text("type", "model").text("id", model.id);
    json.text("display_name", model.display_name.empty() ? model.id : model.display_name);
    json.text("created_at", "1970-01-01T00:00:00Z").end_object();
}

}  // namespace

std::string model_object(const ListedModel& model) {
    std::string body;
    JsonWriter json(body);
    write_model(json, model);
    return body;
}

std::string model_list(std::span<const ListedModel> models) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().key("data").begin_array();
    for (const ListedModel& model : models) {
        write_model(json, model);
    }
    json.end_array().boolean("has_more", false);
    if (models.empty()) {
        json.null("first_id").null("last_id");
    } else {
        json.text("first_id", models.front().id).text("last_id", models.back().id);
    }
    json.end_object();
    return body;
}

}  // namespace tierway::dialect::anthropic
