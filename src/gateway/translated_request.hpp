#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/decision/thinking.hpp"
#include "tierway/dialect/chat_compatibility.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/dialect.hpp"

namespace tierway::gateway {

/// What we ask for beside what the client does.
struct ConversationTerms {
    bool logprobs = false;       ///< The answer is to be judged by them.
    std::string_view prefill{};  ///< What an assistant said that the model is to go on with; empty: nothing.
    decision::ThinkingTerms thinking{};  ///< What the class orders.
    std::optional<std::int64_t> output_tokens_max{};  ///< For a request that states no limit.
};

/// The body for a provider that speaks another dialect than Chat and than the client.
/// Errors: InvalidRequest of source Upstream: the dialect has no words for what is asked.
Result<std::string> write_translated(const dialect::Conversation& conversation, const ConversationTerms& terms,
                                     dialect::Dialect dialect, const dialect::ModelRules& rules, dialect::Omissions& omissions);

/// The same for a Chat body of our own making (a question beside the request). The body is never a stream's.
Result<std::string> translate_chat_body(std::string_view chat_body, dialect::Dialect dialect, const dialect::ModelRules& rules);

/// The same body for a provider that speaks Chat, fitted to what it takes.
Result<std::string> fit_chat_body(std::string_view chat_body, std::string_view model_json, const dialect::ChatRules& rules);

}  // namespace tierway::gateway
