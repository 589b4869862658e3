#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/reply.hpp"
#include "tierway/wire/json_view.hpp"

/// OpenAI's older Completions (WIRE.md section 3), as a door alone. Pure. What becomes of each member: docs/dialects.md.
namespace tierway::dialect::completions {

/// Reads the body of `POST /v1/completions`: the prompt is what a user says, and the completion what the model answers.
/// - `max_tokens` is 16 unless it is stated, as with the vendor.
/// - Omitted: `logprobs`, whose older form counts in the tokens of another model.
/// - Ignored: members that are not known.
/// Errors: InvalidRequest with the member as param. `unsupported_parameter` for what has no words in a conversation: several
/// prompts, prompts of tokens, a `suffix`, `echo`, and a `best_of` above `n`.
Result<Conversation> read_request(const wire::JsonValue& body);

/// The whole answer for a client. Text and refusals are the text of their choice; reasoning and calls of tools have no place.
/// \param id what the answer's own id is made of. \param model what is told as the answering one.
std::string write_reply(const Reply& reply, std::string_view id, std::string_view model);

/// A client's stream of `text_completion` objects. One for each stream.
class StreamWriter {
public:
    /// \param include_usage the client asked for it (`stream_options.include_usage`).
    StreamWriter(std::string_view id, std::string_view model, bool include_usage)
        : id_(id), model_(model), include_usage_(include_usage) {}

    /// Appends to `out` what the event amounts to, possibly nothing.
    void write(const ReplyEvent& event, std::string& out);
    /// The usage, if the client asked for it, the disclosure, and `[DONE]`; once.
    void end(const ReplyEnd& end, std::string& out);

private:
    void write_chunk(const ReplyEvent& event, std::string& out) const;

    std::string id_;
    std::string model_;
    std::int64_t created_ = 0;
    std::optional<TokenUsage> usage_;
    bool include_usage_;
    bool ended_ = false;
};

}  // namespace tierway::dialect::completions
