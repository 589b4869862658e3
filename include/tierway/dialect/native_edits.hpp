#pragma once

#include <string_view>

#include "tierway/dialect/dialect.hpp"
#include "tierway/wire/edits.hpp"
#include "tierway/wire/json_view.hpp"

/// What is changed in the bytes of a request or an answer that pass between a door and a provider of the same dialect, other than
/// Chat (`edit_request`, `edit_answer`).
namespace tierway::dialect {

/// Thoughts of other families' models, which the door carried in the client's history, are left out: the provider would refuse them.
/// \param model the JSON string (with quotes) of the provider's name for the model. \param output_limit a member as JSON text that
/// the request lacks; empty: none.
void edit_native_request(const wire::JsonValue& body, std::string_view model, std::string_view output_limit, wire::Edits& edits);

/// Puts `model`, a JSON string with quotes, in place of the provider's, in a whole answer or in one event of a stream: at the root,
/// in `message` (Anthropic's `message_start`) or in `response` (events of Responses).
void edit_native_answer(const wire::JsonValue& body, std::string_view model, wire::Edits& edits);

/// The member by which a request of the dialect bounds its answer's length: "max_tokens", "max_output_tokens".
std::string_view output_limit_field_of(Dialect dialect) noexcept;

}  // namespace tierway::dialect
