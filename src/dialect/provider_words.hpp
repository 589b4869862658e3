#pragma once

#include <string>

#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// What a provider's error object says, whichever envelope it came in. Each text is bounded and may hold anything the
/// provider wrote: it must pass `plain_text` on its way to a client and `detail_for_log` on its way to the log.
struct ProviderWords {
    std::string message;       ///< At most 2 KiB.
    std::string code;          ///< `code` when it is a string, else the more telling name beside it; at most 128 bytes.
    std::string type;          ///< `type`, `status` or an exception's name; at most 128 bytes.
    std::string param;         ///< At most 256 bytes.
    unsigned code_number = 0;  ///< `code` when it is a number.
    bool flagged = false;      ///< The provider's moderation refused the content (OpenRouter's `metadata.flagged_input`).
};

/// Reads OpenAI's {"error":{…}}, {"error":"text"}, a flat {"message"}, {"detail":"text"}, {"detail":[{"loc","msg"}]}, and an
/// array around one of these (WIRE.md sections 5.1, 5.2 and 5.4). All empty when the body is none of them.
ProviderWords read_provider_words(const wire::JsonValue& body);

/// The name of an AWS exception, "ThrottlingException", from the ways in which it is told: `throttlingException` (an event of a
/// stream), `ThrottlingException:http://…` (a header), `com.amazonaws#ThrottlingException` (`__type` in a body).
/// At most 128 bytes.
std::string exception_name(std::string_view told);

/// Whether the value of a member `error` says that there is one: an object with members or a non-empty string.
bool says_error(const wire::JsonValue& error) noexcept;

/// Whether an answer's object carries an error: a member `error` that says so, or `"object":"error"` beside a message.
bool holds_error(const wire::JsonValue& answer) noexcept;

/// The text without control characters; line ends and tabs become spaces.
std::string plain_text(std::string_view text);

/// One line for the log: status, code, type and message, control characters escaped, at most about 8 KiB.
std::string detail_for_log(unsigned status, const ProviderWords& words);

}  // namespace tierway::dialect
