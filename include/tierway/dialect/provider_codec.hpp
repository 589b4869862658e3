#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/dialect/anthropic.hpp"
#include "tierway/dialect/chat.hpp"
#include "tierway/dialect/converse.hpp"
#include "tierway/dialect/dialect.hpp"
#include "tierway/dialect/gemini.hpp"
#include "tierway/dialect/responses.hpp"

/// What the gateway says to a provider, and hears from it, whatever dialect that one speaks: the gateway itself thinks in Chat.
namespace tierway::dialect {

/// The body of a call. REQUIRES: not Chat, whose bodies are edited, not written.
/// Errors: InvalidRequest, of source Upstream because another provider may express it.
Result<std::string> write_provider_request(Dialect dialect, const Conversation& conversation, const ModelRules& rules,
                                           Omissions& omissions);

/// What every Chat answer holds and some dialects do not tell.
struct ReplyDefaults {
    std::string id;
    std::int64_t created = 0;  ///< Unix seconds.
};

/// A whole answer as a Chat answer. REQUIRES: not Chat. Errors: as `read_chat_answer`.
Result<std::string> chat_answer_of(Dialect dialect, const wire::JsonValue& body, std::string_view provider_name,
                                   const ReplyDefaults& defaults);

/// A provider's stream as the chunks of a Chat stream. One for each stream; pure and bounded by what it is fed.
class ProviderStream {
public:
    /// REQUIRES: not Chat.
    ProviderStream(Dialect dialect, ReplyDefaults defaults);

    /// Takes one event. \param name of it, where the dialect names its events. \param chunks gets what it says, in JSON; nothing for
    /// an event that means nothing. Errors: the provider's error event; UpstreamMalformed.
    Result<void> take(std::string_view name, const wire::JsonValue& data, std::string_view provider_name,
                      std::vector<std::string>& chunks);
    /// The provider said that it is done.
    [[nodiscard]] bool done() const noexcept { return done_; }

private:
    std::variant<responses::StreamReader, anthropic::StreamReader, gemini::StreamReader, converse::StreamReader> reader_;
    chat::StreamWriter writer_;
    ReplyDefaults defaults_;
    std::vector<ReplyEvent> events_;
    bool done_ = false;
};

}  // namespace tierway::dialect
