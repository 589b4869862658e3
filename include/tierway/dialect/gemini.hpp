#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/reply.hpp"
#include "tierway/wire/json_view.hpp"

/// Google's Gemini API, `generateContent` (WIRE.md section 5.1), as a provider. Pure.
namespace tierway::dialect::gemini {

/// Behind the base URL, which ends in the API's version (`…/v1beta`): `/models/{model}:generateContent`, or of a stream
/// `/models/{model}:streamGenerateContent?alt=sse`.
std::string path(std::string_view model, bool stream);

/// The body for a provider; whether the answer is streamed is said by the path alone. What becomes of each member is told in
/// docs/dialects.md. `rules.adaptive_thinking` is what tells Gemini 3 from its elders: thinking levels instead of budgets,
/// signatures that function calls must bear, and pictures inside the results of functions.
/// Left out and told: `seed` beyond 32 bits, `stop` beyond five, `detail`, `strict`, `service_tier`, `reasoning_effort` where the
/// model does not think, `cache_control`, sampling parameters that the model does not take, and what only OpenAI's APIs know.
/// Errors: InvalidRequest, `unsupported_parameter`, for what it cannot express and must not drop: more than eight choices, custom
/// tools, files that are known by another provider's name for them.
Result<std::string> write_request(const Conversation& conversation, const ModelRules& rules, Omissions& omissions);

/// A prompt that was blocked is an empty answer with the finish reason ContentFilter. Pictures in an answer are left out.
/// Errors: UpstreamMalformed; UpstreamUnavailable when the model failed at a function call; the provider's error when it is one
/// inside a 200.
Result<Reply> read_reply(const wire::JsonValue& body, std::string_view provider_name);

/// A provider's stream. One for each stream; pure and bounded by what it is fed. Usage comes with each event, cumulative; the
/// stream has no mark of its end but the finish reasons. Calls that have no id get one made of the answer's id, their place and
/// what they say: the same for the same answer.
class StreamReader {
public:
    /// \param name the event's name (empty: the dialect has none), \param data its payload. Appends what it means to `events`;
    /// unknown events mean nothing. Errors: the provider's error event; UpstreamMalformed; as `read_reply`.
    Result<void> read(std::string_view name, const wire::JsonValue& data, std::string_view provider_name,
                      std::vector<ReplyEvent>& events);

private:
    struct Choice {
        std::int64_t index = 0;
        std::int64_t calls = 0;  ///< That have begun.
        bool thinking = false;   ///< What came last is a readable thought, whose signature may follow.
        bool finished = false;
    };

    void begin(const wire::JsonValue& chunk, std::vector<ReplyEvent>& events);
    Result<void> read_candidate(const wire::JsonValue& candidate, std::string_view provider_name, std::vector<ReplyEvent>& events);
    Result<void> read_part(const wire::JsonValue& part, Choice& choice, std::string_view provider_name,
                           std::vector<ReplyEvent>& events);
    void read_call(const wire::JsonValue& call, std::string seal, Choice& choice, std::vector<ReplyEvent>& events);
    Choice& choice_at(std::int64_t index);

    std::vector<Choice> choices_;
    std::string id_;  ///< The answer's.
    bool begun_ = false;
};

}  // namespace tierway::dialect::gemini
