#include "simulator/model_list.hpp"

#include "tierway/base/json_text.hpp"

namespace tierway::simulator {

std::string model_json(std::string_view name, std::int64_t created) {
    std::string out = R"({"id":)";
    append_json_string(out, name);
    return out + R"(,"object":"model","created":)" + std::to_string(created) + R"(,"owned_by":"tierway-simulator"})";
}

std::string model_list_json(const std::vector<ModelProfile>& models, std::int64_t created) {
    std::string out = R"({"object":"list","data":[)";
    for (const ModelProfile& model : models) {
        out += (&model == &models.front() ? "" : ",") + model_json(model.name, created);
    }
    return out + "]}";
}

}  // namespace tierway::simulator
