#pragma once

#include "dialect/converse/block_writer.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/conversation.hpp"

namespace tierway::dialect::converse {

/// The member `toolConfig`, or nothing. Where the history holds calls the API wants it in any case: then tools stay that nobody may
/// choose, and a history without tools gets some of the names in it, without a description.
void write_tool_config(JsonWriter& json, BlockWriter& blocks, const Conversation& conversation, Omissions& omissions);

}  // namespace tierway::dialect::converse
