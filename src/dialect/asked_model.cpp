#include "tierway/dialect/asked_model.hpp"

#include "tierway/wire/http_fields.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

AskedModel::AskedModel(std::string_view content_type) {
    if (const std::string boundary = wire::multipart_boundary(content_type); !boundary.empty()) {
        field_.emplace(boundary, "model");
    } else if (wire::starts_with_ignoring_case(content_type, "application/json")) {
        json_.emplace();
    }
}

void AskedModel::feed(std::string_view bytes) {
    if (field_) {
        field_->feed(bytes);
    } else if (json_ && json_->size() + bytes.size() > kJsonBytesMax) {
        json_.reset();
    } else if (json_) {
        json_->append(bytes);
    }
}

std::string AskedModel::finish() {
    if (field_) {
        return field_->value().value_or(std::string());
    }
    if (!json_) {
        return {};
    }
    wire::JsonParser parser;
    const auto body = parser.parse(*json_);
    return body ? body->find("model").to_string() : std::string();
}

}  // namespace tierway::dialect
