#include "gateway/translated_request.hpp"

#include "tierway/dialect/chat.hpp"
#include "tierway/dialect/provider_codec.hpp"
#include "tierway/dialect/upstream_request.hpp"
#include "tierway/wire/edits.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::gateway {
namespace {

/// \param parser holds what the request is a view of.
Result<dialect::ChatRequest> read_chat_body(std::string_view body, wire::JsonParser& parser) {
    const auto parsed = parser.parse(body);
    return parsed ? dialect::read_chat_request(*parsed) : Result<dialect::ChatRequest>(parsed.error());
}

}  // namespace

Result<std::string> write_translated(const dialect::Conversation& conversation, const ConversationTerms& terms,
                                     dialect::Dialect dialect, const dialect::ModelRules& rules, dialect::Omissions& omissions) {
    const bool as_it_is = !terms.logprobs && terms.prefill.empty() && !terms.output_tokens_max && terms.thinking.empty();
    if (as_it_is) {
        return dialect::write_provider_request(dialect, conversation, rules, omissions);
    }
    dialect::Conversation asked = conversation;
    asked.logprobs = asked.logprobs || terms.logprobs;
    if (!terms.thinking.empty()) {
        asked.thinking.effort = terms.thinking.effort ? name_of(*terms.thinking.effort) : std::string_view();
        asked.thinking.budget_tokens = terms.thinking.budget_tokens;
    }
    if (terms.output_tokens_max) {
        asked.output_tokens_max = terms.output_tokens_max;
    }
    if (!terms.prefill.empty()) {
        dialect::Turn turn{dialect::Role::Assistant, {}};
        turn.parts.push_back({dialect::TextPart{std::string(terms.prefill)}, {}});
        asked.turns.push_back(std::move(turn));
    }
    return dialect::write_provider_request(dialect, asked, rules, omissions);
}

Result<std::string> translate_chat_body(std::string_view chat_body, dialect::Dialect dialect, const dialect::ModelRules& rules) {
    wire::JsonParser parser;
    const auto request = read_chat_body(chat_body, parser);
    if (!request) {
        return request.error();
    }
    const auto conversation = dialect::chat::read_conversation(*request);
    if (!conversation) {
        return conversation.error();
    }
    dialect::Omissions omissions;
    return write_translated(*conversation, {}, dialect, rules, omissions);
}

Result<std::string> fit_chat_body(std::string_view chat_body, std::string_view model_json, const dialect::ChatRules& rules) {
    wire::JsonParser parser;
    const auto request = read_chat_body(chat_body, parser);
    if (!request) {
        return request.error();
    }
    dialect::RequestEdits wanted;
    wanted.model = model_json;
    wire::Edits edits;
    dialect::RequestNotes notes;
    dialect::edit_request(*request, wanted, rules, edits, notes);
    std::string fitted;
    edits.append_edited(chat_body, fitted);
    return fitted;
}

}  // namespace tierway::gateway
