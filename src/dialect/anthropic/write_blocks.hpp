#pragma once

#include <string>
#include <vector>

#include "dialect/turn_layout.hpp"
#include "tierway/base/error.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::anthropic {

/// Writes the blocks of one request. One for each request: it keeps the buffers for checking arguments.
class BlockWriter {
public:
    /// \param keep_reasoning whether sealed reasoning is written.
    BlockWriter(JsonWriter& json, bool keep_reasoning) noexcept : json_(json), keep_reasoning_(keep_reasoning) {}

    /// The array of a message's `content`. Errors: `unsupported_parameter`.
    Result<void> write_content(const LaidOutMessage& message);
    /// The array of `system`. \param instruction one text more; empty: none.
    Result<void> write_system(const std::vector<const Part*>& texts, std::string_view instruction);

private:
    Result<void> write_part(const Part& part, Role role);
    Result<void> write_media(const MediaPart& media, const JsonText& cache_control);
    Result<void> write_result(const ToolResultPart& result, const JsonText& cache_control);
    void write_text(std::string_view text, const JsonText& cache_control);
    void write_reasoning(const ReasoningPart& reasoning);
    void write_call(const ToolCallPart& call, const JsonText& cache_control);
    void end_block(const JsonText& cache_control);

    JsonWriter& json_;
    bool keep_reasoning_;
    wire::JsonParser parser_;
    std::string scratch_;
};

}  // namespace tierway::dialect::anthropic
