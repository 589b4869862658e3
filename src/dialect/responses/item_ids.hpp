#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tierway::dialect::responses {

/// The item ids that this gateway makes for its own answers: "rs_<of the response>_<index>".
std::string made_item_id(std::string_view prefix, std::string_view response_id, std::size_t index);

/// Whether the id of an item is such a one: no provider knows it, and the vendor refuses a thought under another id than its own.
/// The vendor's have no second underscore.
bool is_made_item_id(std::string_view id) noexcept;

}  // namespace tierway::dialect::responses
