#pragma once

#include <optional>
#include <string>

#include "tierway/wire/json_view.hpp"

namespace tierway::cascade {

/// Whether `value` satisfies `schema` (JSON Schema draft 2020-12, the vocabulary that structured outputs and tool schemas use:
/// type, enum, const, properties, required, additionalProperties, patternProperties, items, prefixItems, min/max of all kinds,
/// multipleOf, uniqueItems, pattern, anyOf, oneOf, allOf, not, if/then/else, local $ref into $defs or definitions). Unknown
/// keywords are ignored, as the specification asks; `format` is not asserted. Patterns run on RE2; one that RE2 refuses is not
/// asserted. Work is bounded: beyond 64 levels or 100,000 checks the value counts as valid, because the schema is the client's
/// own.
///
/// \returns empty when it satisfies, else where and why, e.g. "/items/0/price: is a string, must be of type number". Quotes no
/// values, and no property names but the schema's own: others appear as `*`. The root is written "(root)".
std::optional<std::string> schema_violation(const wire::JsonValue& value, const wire::JsonValue& schema);

}  // namespace tierway::cascade
