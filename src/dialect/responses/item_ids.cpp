#include "dialect/responses/item_ids.hpp"

namespace tierway::dialect::responses {

std::string made_item_id(std::string_view prefix, std::string_view response_id, std::size_t index) {
    constexpr std::string_view kResponse = "resp_";
    if (response_id.starts_with(kResponse)) {
        response_id.remove_prefix(kResponse.size());
    }
    return std::string(prefix).append("_").append(response_id).append("_").append(std::to_string(index));
}

bool is_made_item_id(std::string_view id) noexcept {
    const std::size_t first = id.find('_');
    return first != std::string_view::npos && id.find('_', first + 1) != std::string_view::npos;
}

}  // namespace tierway::dialect::responses
