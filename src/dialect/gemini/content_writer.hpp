#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialect/turn_layout.hpp"
#include "tierway/base/error.hpp"
#include "tierway/base/json_writer.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::gemini {

/// Whether the API has use for a part: texts that say something, and of reasoning what a Gemini model sealed.
bool is_written(const Part& part);

/// Writes the contents of one request. One for each request: it keeps the buffers for checking arguments.
class ContentWriter {
public:
    /// \param third_generation what Gemini 3 has and wants, see `write_request`.
    ContentWriter(JsonWriter& json, bool third_generation, Omissions& omissions) noexcept
        : json_(json), third_generation_(third_generation), omissions_(omissions) {}

    /// The array `parts` of `systemInstruction`.
    Result<void> write_parts(const std::vector<const Part*>& parts);
    /// One element of `contents`. Errors: `unsupported_parameter`.
    Result<void> write_message(const LaidOutMessage& message);

private:
    Result<void> write_part(const Part& part);
    Result<void> write_media(const MediaPart& media);
    void write_inline_data(const MediaPart& media);
    void write_reasoning(const ReasoningPart& reasoning);
    void write_call(const ToolCallPart& call);
    Result<void> write_results(const std::vector<const Part*>& results);
    Result<void> write_result(const ToolResultPart& result, std::vector<const MediaPart*>& beside);
    void write_response(std::string_view text, bool is_error);

    JsonWriter& json_;
    bool third_generation_;
    Omissions& omissions_;
    bool signed_call_ = false;  ///< The message has a function call already: only the first one bears a signature.
    wire::JsonParser parser_;
    std::string scratch_;
};

}  // namespace tierway::dialect::gemini
