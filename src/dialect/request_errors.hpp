#pragma once

#include <string>
#include <string_view>

#include "tierway/base/error.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// The ways in which a field of a request is refused, in the words and codes of the OpenAI API.
/// `param` is the field's path ("messages[3].role"); it becomes the envelope's `param`.

/// A required field is absent. \param expected what it has to be, as a noun phrase ("a string").
Error missing_parameter(std::string_view param, std::string_view expected);
/// The field's JSON type is not the one the API knows. \param expected a noun phrase.
Error invalid_type(std::string_view param, std::string_view expected, const wire::JsonValue& found);
/// The type is right and the value is not. \param rule what values are allowed, as the end of a sentence that begins with the
/// field.
Error invalid_value(std::string_view param, std::string_view rule);
/// The field is known and cannot be obeyed. \param why whole sentences: what is in the way and what to do instead.
Error unsupported_parameter(std::string_view param, std::string_view why);

/// "messages[3]" from "messages" and 3.
std::string element_path(std::string_view array, std::size_t index);
/// "messages[3].role" from "messages[3]" and "role".
std::string member_path(std::string_view object, std::string_view member);

}  // namespace tierway::dialect
