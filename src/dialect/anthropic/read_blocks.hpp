#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "dialect/anthropic/member_path.hpp"
#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::anthropic {

/// Reads the blocks of one request's messages into parts. One for each request, because results of tools are named by the calls
/// that came before.
class BlockReader {
public:
    /// Whose content the blocks are: each type has its place.
    enum class Place : unsigned { User = 1, Assistant = 2, ToolResult = 4 };

    /// \param conversation gets `only_native` for blocks that no other dialect can express.
    explicit BlockReader(Conversation& conversation) noexcept : conversation_(conversation) {}

    /// Reads a `content`: a string or an array of blocks. Empty texts are left out, so that `parts` may stay empty.
    Result<void> read_content(const wire::JsonValue& content, Place place, const MemberPath& path, std::vector<Part>& parts);

private:
    using Read = Result<void> (BlockReader::*)(const wire::JsonValue&, const MemberPath&, std::vector<Part>&);
    struct KnownBlock;

    Result<void> read_block(const wire::JsonValue& block, Place place, const MemberPath& path, std::vector<Part>& parts);
    Result<void> read_text(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts);
    Result<void> read_image(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts);
    Result<void> read_document(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts);
    Result<void> read_search_result(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts);
    Result<void> read_thinking(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts);
    Result<void> read_redacted_thinking(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts);
    Result<void> read_tool_use(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts);
    static std::string take_call_signature(std::vector<Part>& parts);
    Result<void> read_tool_result(const wire::JsonValue& block, const MemberPath& path, std::vector<Part>& parts);
    /// Bytes, an address or a file's id.
    Result<void> read_source(const wire::JsonValue& source, const MemberPath& path, MediaPart& media);
    Result<void> note_citations(const wire::JsonValue& block, const MemberPath& path);

    Conversation& conversation_;
    std::unordered_map<std::string, std::string> call_names_;  ///< By the calls' ids.
};

}  // namespace tierway::dialect::anthropic
