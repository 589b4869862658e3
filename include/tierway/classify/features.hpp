#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tierway/dialect/chat_request.hpp"

namespace tierway::classify {

/// What describes the human's ask and, apart from it, the envelope it came in (DESIGN.md section 6). The text features hold no system
/// prompt, no tool schema, no agent wrapper: scoring the envelope sends everything to the top tier.
struct Features {
    std::string ask;                         ///< The newest user turn, wrappers removed, at most `ask_bytes_max` bytes.
    std::vector<std::string> earlier_asks;   ///< Up to three earlier user turns, newest first; all asks share the byte bound.
    std::int64_t prompt_tokens = 0;          ///< Estimated size of the whole prompt.
    std::int64_t turns = 0;                  ///< User turns.
    bool has_image = false;
    bool has_audio = false;
    bool has_tools = false;
    bool json_schema = false;
    bool last_turn_is_tool_result = false;
    std::vector<std::string> tool_names;     ///< At most 128.
    double code_share = 0.0;                 ///< Share of the newest ask's bytes inside code fences or on lines that look like code.
    double digit_share = 0.0;                ///< Share of digits in the newest ask.
    std::string language;                    ///< "latin", "cyrillic", "han" …: the script most letters of the newest ask belong to; empty without letters.
};

struct FeatureLimits {
    std::size_t ask_bytes_max = std::size_t{8} * 1024;  ///< Over all turns (PERFORMANCE.md section 2).
};

/// Extracts the features. Reuses the strings of `features`, so that a warmed-up caller allocates nothing.
void extract_features(const dialect::ChatRequest& request, Features& features, const FeatureLimits& limits = {});

/// Removes agent wrappers (`<system-reminder>…</system-reminder>` and the like) from a user turn; the rest keeps its order.
/// An unclosed wrapper runs to the end of the text.
void strip_agent_wrappers(std::string& text);

}  // namespace tierway::classify
