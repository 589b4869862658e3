#pragma once

#include <string_view>

#include "dialect/request_errors.hpp"
#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"

namespace tierway::dialect {

/// What a writer of requests does with that which its dialect cannot say (docs/dialects.md): it is left out and told, where only a
/// preference is lost, or the request is refused.

/// Notes that `parameter` was left out; once. \param parameter of static storage duration.
void omit(Omissions& omissions, std::string_view parameter);

/// Notes the preferences that only OpenAI's APIs know, those that the conversation states: `logit_bias`, `verbosity`, `user`,
/// `prompt_cache_key`, `metadata`, `store` and the wish for one tool call at a time.
void omit_openai_preferences(const Conversation& conversation, Omissions& omissions);

/// Refuses what no other dialect than the door's own can say, custom tools, and more choices than the dialect gives.
/// \param choices_max how many that are.
Result<void> check_expressible(const Conversation& conversation, std::int64_t choices_max);

}  // namespace tierway::dialect
