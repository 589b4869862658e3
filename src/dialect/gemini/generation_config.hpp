#pragma once

#include <string>

#include "tierway/dialect/conversation.hpp"

namespace tierway::dialect::gemini {

/// The object `generationConfig`; `{}` when the conversation states nothing of what is in it.
std::string generation_config(const Conversation& conversation, const ModelRules& rules, Omissions& omissions);

}  // namespace tierway::dialect::gemini
