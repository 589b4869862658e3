#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "simulator/findings.hpp"
#include "simulator/task.hpp"

namespace tierway::simulator {

/// What the question offers to fill fields with: a field called "email" gets an e-mail address of the text, and so on.
struct Material {
    explicit Material(std::string_view question);

    Task task;
    Findings findings;
    std::string topic;
};

/// An instance of a JSON schema, at most 4096 values. Obeys type, enum, const, properties, required, items, prefixItems,
/// min/maxItems, min/maxLength, minimum/maximum and their exclusive forms, multipleOf, anyOf, oneOf (their first branch), allOf,
/// local $ref and the formats date, date-time, time, email, uri and uuid. A `pattern` is obeyed only through `default` or
/// `examples`; `not` and conditions are not obeyed at all. Optional properties are filled in, except deep inside, so that
/// recursive schemas end.
nlohmann::json instance_of(const nlohmann::json& schema, const Material& material);

/// JSON text, or nearly, that violates the schema: a required property is missing, else the type is wrong, else the text is cut.
std::string broken_instance_of(const nlohmann::json& schema, const Material& material);

}  // namespace tierway::simulator
