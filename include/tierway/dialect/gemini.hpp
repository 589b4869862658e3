#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/reply.hpp"
#include "tierway/wire/json_view.hpp"

/// Google's Gemini API, `generateContent` (WIRE.md section 5.1), as a provider. Pure.
namespace tierway::dialect::gemini {

/// The body for a provider. Errors: InvalidRequest, `unsupported_parameter`, for what it cannot express and must not drop.
Result<std::string> write_request(const Conversation& conversation, const ModelRules& rules, Omissions& omissions);

/// Errors: UpstreamMalformed; the provider's error when it is one inside a 200.
Result<Reply> read_reply(const wire::JsonValue& body, std::string_view provider_name);

/// A provider's stream. One for each stream; pure and bounded by what it is fed.
class StreamReader {
public:
    /// \param name the event's name (empty: the dialect has none), \param data its payload. Appends what it means to `events`;
    /// unknown events mean nothing. Errors: the provider's error event; UpstreamMalformed.
    Result<void> read(std::string_view name, const wire::JsonValue& data, std::string_view provider_name,
                      std::vector<ReplyEvent>& events);
};

}  // namespace tierway::dialect::gemini
