#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tierway/dialect/chat_request.hpp"

namespace tierway::dialect {

/// How a request is put to a model whose answer nobody but us will see.
struct OpinionTerms {
    std::string_view model;             ///< The JSON string (with quotes) of the provider's name for the model.
    unsigned samples = 1;               ///< Answers wanted.
    std::optional<double> temperature;  ///< In place of the request's.
    std::string_view output_limit_field;  ///< What the provider reads the limit from; "max_tokens" or "max_completion_tokens".
    /// In place of the request's limit of its answer's length; absent: the request's own stays.
    std::optional<std::int64_t> output_limit;
};

/// The same question as a body of its own: what the client asked, without what only concerns how the client gets its answer
/// (`stream`, `stream_options`, `n`, log-probabilities, `store`, `metadata`, `user` …), without a `seed`, which would make the same
/// model repeat itself, and in the standard lane. \param body what the request is a view of.
std::string opinion_request(const ChatRequest& request, std::string_view body, const OpinionTerms& terms);

/// A body of two messages: an instruction, and the text that it is about.
std::string instructed_request(std::string_view model, std::string_view instruction, std::string_view text,
                               std::string_view output_limit_field, std::int64_t output_limit);

}  // namespace tierway::dialect
