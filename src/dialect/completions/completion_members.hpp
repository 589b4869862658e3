#pragma once

#include <cstdint>
#include <string_view>

#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/chat_answer.hpp"

namespace tierway::dialect::completions {

/// The first members of a `text_completion`, whole or a chunk, up to its `choices`.
inline void begin_completion(JsonWriter& json, std::string_view id, std::int64_t created, std::string_view model) {
    json.begin_object().text("id", id).text("object", "text_completion").integer("created", created).text("model", model);
    json.key("choices").begin_array();
}

/// "stop", "length" or "content_filter": the API knows no other.
constexpr std::string_view reason_of(FinishReason reason) noexcept {
    return reason == FinishReason::Length ? "length" : reason == FinishReason::ContentFilter ? "content_filter" : "stop";
}

}  // namespace tierway::dialect::completions
