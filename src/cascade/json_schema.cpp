#include "tierway/cascade/json_schema.hpp"

#include "cascade/schema_validator.hpp"

namespace tierway::cascade {

std::optional<std::string> schema_violation(const wire::JsonValue& value, const wire::JsonValue& schema) {
    return SchemaValidator(schema).violation(value);
}

}  // namespace tierway::cascade
