#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "dialect/converse/model_family.hpp"
#include "dialect/turn_layout.hpp"
#include "tierway/base/error.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::converse {

/// Whether the API takes a part: texts that are not blank, and of reasoning what a Claude model sealed.
bool is_written(const Part& part);
/// Likewise, where no reasoning is taken at all.
bool is_written_beside_reasoning(const Part& part);

/// An id that the API takes for a tool call ([a-zA-Z0-9_.:-], at most 64): the one given when it is such, else one made from its
/// hash, the same for the call and its result. The client never sees it.
std::string tool_use_id(std::string_view id);

/// Writes the blocks of one request. One for each request: it keeps the buffers for checking arguments and the documents' names.
class BlockWriter {
public:
    BlockWriter(JsonWriter& json, ModelFamily family, Omissions& omissions) : json_(json), family_(family), omissions_(omissions) {}

    /// The array `system`. \param instruction one text more; empty: none.
    void write_system(const std::vector<const Part*>& texts, std::string_view instruction);
    /// One element of `messages`. Errors: `unsupported_parameter`.
    Result<void> write_message(const LaidOutMessage& message);
    /// The block `cachePoint` behind what bears a mark; nothing when the mark is empty, or the model's family has none.
    void write_cache_point(const JsonText& cache_control);

private:
    Result<void> write_part(const Part& part);
    Result<void> write_media(const MediaPart& media);
    Result<void> write_document(const MediaPart& media);
    void write_text(std::string_view text);
    void write_reasoning(const ReasoningPart& reasoning);
    void write_call(const ToolCallPart& call);
    Result<void> write_result(const ToolResultPart& result);
    std::string document_name(std::string_view filename);

    JsonWriter& json_;
    ModelFamily family_;
    Omissions& omissions_;
    wire::JsonParser parser_;
    std::string scratch_;
    std::unordered_set<std::string> document_names_;
};

}  // namespace tierway::dialect::converse
