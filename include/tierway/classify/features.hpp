#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tierway/dialect/chat_request.hpp"

namespace tierway::classify {

/// What describes the human's ask and, apart from it, the envelope it came in (DESIGN.md section 6). The text features hold no
/// system prompt, no tool schema, no agent wrapper: scoring the envelope sends everything to the top tier.
struct Features {
    /// The newest user turn that says something once wrappers are removed (agents send turns that are nothing but wrappers),
    /// without blanks at its ends. At most three quarters of `ask_bytes_max`; of a longer one its first two thirds and its last
    /// third of that, because instructions stand at either end of a long paste. Empty when no such turn is among the newest
    /// eight.
    std::string ask;
    /// Up to three earlier user turns that say something, newest first; they share what `ask` leaves of the byte bound.
    std::vector<std::string> earlier_asks;
    std::int64_t prompt_tokens = 0;  ///< Estimated size of the whole prompt, images included.
    std::int64_t turns = 0;          ///< User turns.
    bool has_image = false;
    bool has_audio = false;
    bool has_tools = false;
    bool json_schema = false;
    bool last_turn_is_tool_result = false;
    std::vector<std::string> tool_names;  ///< At most 128, each cut to 128 bytes.
    double code_share = 0.0;              ///< Share of the ask's bytes inside code fences or on lines that look like code.
    double digit_share = 0.0;             ///< Share of ASCII digits in the ask's bytes.
    std::string language;  ///< "latin", "cyrillic", "han" …: the script most letters of the ask belong to; empty without letters.
};

/// How much the rules and the model look at, of all asks; the newest gets three quarters of it, that is 2 KiB.
inline constexpr std::size_t kSearchedBytes = std::size_t{2} * 1024 / 3 * 4;

struct FeatureLimits {
    std::size_t ask_bytes_max = std::size_t{8} * 1024;  ///< Over all turns (PERFORMANCE.md section 2).
    bool text_shape = true;  ///< Whether `code_share`, `digit_share` and `language` are wanted; without, they stay empty.
};

/// Extracts the features. Work is bounded by the number of messages and tools and by `ask_bytes_max`, not by the size of the
/// texts. Reuses the strings of `features`, so that a caller that keeps it allocates nothing once warm.
void extract_features(const dialect::ChatRequest& request, Features& features, const FeatureLimits& limits = {});

/// Removes what agents put around the human's words in a user turn: the tags of Claude Code (`<system-reminder>`,
/// `<command-name>` …), Codex (`<environment_context>`, `<user_instructions>`, its AGENTS.md message), Cline and Roo
/// (`<environment_details>`) and Cursor
/// (`<additional_data>` …); the whole list is in `agent_wrappers.cpp`. The rest keeps its order and bytes. An unclosed wrapper
/// runs to the end of the text. Tags that people write themselves (`<context>`, `<document>`, `<example>`) stay, and so do tags
/// around the human's own words (`<user_query>`, `<command-args>`). Linear.
void strip_agent_wrappers(std::string& text);

}  // namespace tierway::classify
