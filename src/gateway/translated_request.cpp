#include "gateway/translated_request.hpp"

#include <vector>

#include "tierway/dialect/chat.hpp"
#include "tierway/dialect/provider_codec.hpp"
#include "tierway/dialect/upstream_request.hpp"
#include "tierway/wire/edits.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::gateway {
namespace {

Error not_expressible(std::string_view member, dialect::Dialect dialect) {
    return Error::upstream(ErrorKind::InvalidRequest, "unsupported_parameter",
                           "'" + std::string(member) + "' cannot be put to a model that speaks " +
                               std::string(dialect::name_of(dialect)) + ". Leave it out, or ask for another model.")
        .with_param(std::string(member));
}

}  // namespace

Result<std::string> write_translated(const dialect::Conversation& conversation, const ConversationTerms& terms,
                                     dialect::Dialect dialect, const dialect::ModelRules& rules, dialect::Omissions& omissions) {
    if (!conversation.only_native.empty()) {
        return not_expressible(conversation.only_native, dialect);
    }
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
    const auto parsed = parser.parse(chat_body);
    if (!parsed) {
        return parsed.error();
    }
    const auto request = dialect::read_chat_request(*parsed);
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
    const auto parsed = parser.parse(chat_body);
    const auto request = parsed ? dialect::read_chat_request(*parsed) : Result<dialect::ChatRequest>(parsed.error());
    if (!request) {
        return request.error();
    }
    dialect::RequestEdits wanted;
    wanted.model = model_json;
    wire::Edits edits;
    dialect::RequestNotes notes;
    dialect::edit_request(*request, wanted, rules, edits, notes);
    std::vector<std::string_view> pieces;
    edits.gather(chat_body, pieces);
    std::string fitted;
    fitted.reserve(edits.edited_size(chat_body.size()));
    for (const std::string_view piece : pieces) {
        fitted.append(piece);
    }
    return fitted;
}

}  // namespace tierway::gateway
