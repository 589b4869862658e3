#pragma once

#include <span>
#include <string>

/// `GET /v1/models` in Anthropic's shape (WIRE.md section 4.6). Pure.
namespace tierway::dialect::anthropic {

struct ListedModel {
    std::string id;
    std::string display_name;  ///< Empty: the id is shown.
};

/// One model. The day of its release is not known here, which the API tells by the epoch.
std::string model_object(const ListedModel& model);

/// All of them on one page: `has_more` is false. Without models `first_id` and `last_id` are null.
std::string model_list(std::span<const ListedModel> models);

}  // namespace tierway::dialect::anthropic
