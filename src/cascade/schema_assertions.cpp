// The keywords that assert something about a value itself, by the value's type.
#include <algorithm>
#include <cmath>

#include "cascade/json_equality.hpp"
#include "cascade/schema_validator.hpp"

namespace tierway::cascade {

using wire::JsonKind;
using wire::JsonValue;

namespace {

std::string_view phrase_of(JsonKind kind) noexcept {
    switch (kind) {
        case JsonKind::Null:
            return "null";
        case JsonKind::False:
        case JsonKind::True:
            return "a boolean";
        case JsonKind::Number:
            return "a number";
        case JsonKind::String:
            return "a string";
        case JsonKind::Array:
            return "an array";
        case JsonKind::Object:
            return "an object";
        case JsonKind::Missing:
            break;
    }
    return "missing";
}

bool is_whole(const JsonValue& number) noexcept {
    if (number.integer()) {
        return true;
    }
    const double value = number.number().value_or(0.5);
    return std::floor(value) == value;
}

/// Whether `value` is of the type named by `type`; a name that JSON Schema does not know asserts nothing.
bool is_of_type(const JsonValue& value, const JsonValue& type) noexcept {
    switch (value.kind()) {
        case JsonKind::Null:
            return type.string_is("null");
        case JsonKind::False:
        case JsonKind::True:
            return type.string_is("boolean");
        case JsonKind::Number:
            return type.string_is("number") || (type.string_is("integer") && is_whole(value));
        case JsonKind::String:
            return type.string_is("string");
        case JsonKind::Array:
            return type.string_is("array");
        case JsonKind::Object:
            return type.string_is("object");
        case JsonKind::Missing:
            break;
    }
    return false;
}

bool is_known_type(const JsonValue& type) noexcept {
    constexpr std::string_view kTypes[] = {"null", "boolean", "number", "integer", "string", "array", "object"};
    return std::ranges::any_of(kTypes, [&](std::string_view name) { return type.string_is(name); });
}

bool is_multiple(const JsonValue& value, const JsonValue& divisor) noexcept {
    const auto integer = value.integer();
    const auto integer_divisor = divisor.integer();
    if (integer && integer_divisor) {
        return *integer_divisor <= 0 || *integer % *integer_divisor == 0;
    }
    constexpr double kExactIntegersMax = 9007199254740992.0;
    const double step = divisor.number().value_or(0.0);
    const double quotient = value.number().value_or(0.0) / step;
    // Beyond 2^53 every double is whole, so nothing can be said; and 0.3 is meant to be a multiple of 0.1, which in binary it is
    // not.
    if (!(step > 0.0) || !(std::abs(quotient) < kExactIntegersMax)) {
        return true;
    }
    return std::abs(quotient - std::round(quotient)) <= 1e-12 * std::max(1.0, std::abs(quotient));
}

std::size_t characters_of(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }));
}

}  // namespace

bool SchemaValidator::type(const JsonValue& value, const JsonValue& allowed) {
    if (allowed.is_string()) {
        std::string scratch;
        return is_of_type(value, allowed) || !is_known_type(allowed) ||
               fail({"is ", phrase_of(value.kind()), ", must be of type ", allowed.string(scratch)});
    }
    if (!allowed.is_array() || !budget_.spend(steps_for(8 * allowed.size()))) {
        return true;
    }
    const auto accepts = [&](const JsonValue& name) { return is_of_type(value, name) || !is_known_type(name); };
    for (const JsonValue name : allowed) {
        if (accepts(name)) {
            return true;
        }
    }
    return fail({"is ", phrase_of(value.kind()), ", which is none of the types that the schema allows"});
}

bool SchemaValidator::known_values(const JsonValue& value, const SchemaKeywords& schema) {
    if (schema.constant.exists() && !json_equal(value, schema.constant, budget_)) {
        return fail({"is not the value that `const` demands"});
    }
    if (!schema.enumeration.is_array() || !budget_.spend(steps_for(4 * schema.enumeration.size()))) {
        return true;
    }
    for (const JsonValue allowed : schema.enumeration) {
        if (json_equal(value, allowed, budget_) || budget_.exhausted()) {
            return true;
        }
    }
    return fail({"is none of the values of `enum`"});
}

bool SchemaValidator::number(const JsonValue& value, const SchemaKeywords& schema) {
    if (value.kind() != JsonKind::Number) {
        return true;
    }
    const auto is_bound = [](const JsonValue& bound) { return bound.kind() == JsonKind::Number; };
    if (is_bound(schema.minimum) && compare_numbers(value, schema.minimum) < 0) {
        return fail({"is less than `minimum`"});
    }
    if (is_bound(schema.exclusive_minimum) && compare_numbers(value, schema.exclusive_minimum) <= 0) {
        return fail({"is not greater than `exclusiveMinimum`"});
    }
    if (is_bound(schema.maximum) && compare_numbers(value, schema.maximum) > 0) {
        return fail({"is greater than `maximum`"});
    }
    if (is_bound(schema.exclusive_maximum) && compare_numbers(value, schema.exclusive_maximum) >= 0) {
        return fail({"is not less than `exclusiveMaximum`"});
    }
    if (is_bound(schema.multiple_of) && !is_multiple(value, schema.multiple_of)) {
        return fail({"is not a multiple of `multipleOf`"});
    }
    return true;
}

bool SchemaValidator::string(const JsonValue& value, const SchemaKeywords& schema) {
    const bool bounded = schema.length_min.exists() || schema.length_max.exists();
    if (!value.is_string() || (!bounded && !schema.pattern.is_string())) {
        return true;
    }
    if (!budget_.spend(steps_for(value.raw().size()))) {
        return true;
    }
    std::string scratch;
    const std::string_view text = value.string(scratch);
    if (bounded && !count_within(characters_of(text), schema.length_min, schema.length_max, " characters")) {
        return false;
    }
    if (schema.pattern.is_string() && !patterns_.matches(schema.pattern, text, budget_)) {
        return fail({"does not match `pattern`"});
    }
    return true;
}

bool SchemaValidator::array(const JsonValue& value, const SchemaKeywords& schema, std::size_t nesting) {
    if (!value.is_array()) {
        return true;
    }
    return count_within(value.size(), schema.items_min, schema.items_max, " items") &&
           (schema.unique_items.kind() != JsonKind::True || elements_differ(value)) && elements(value, schema, nesting);
}

bool SchemaValidator::elements(const JsonValue& value, const SchemaKeywords& schema, std::size_t nesting) {
    // Until draft 2019-09 the schemas of a tuple stood in `items`.
    const bool old_tuple = schema.items.is_array();
    const JsonValue& tuple = old_tuple ? schema.items : schema.prefix_items;
    const JsonValue rest = old_tuple ? JsonValue{} : schema.items;
    if (!tuple.is_array() && !rest.exists()) {
        return true;
    }
    auto schema_of_place = tuple.begin();
    const std::size_t places = tuple.is_array() ? tuple.size() : 0;
    std::size_t index = 0;
    for (const JsonValue element : value) {
        const JsonValue element_schema = index < places ? *schema_of_place : rest;
        if (index < places) {
            ++schema_of_place;
        }
        if (element_schema.exists() &&
            !satisfies_at({.declared = {}, .index = index, .is_index = true}, element, element_schema, nesting)) {
            return false;
        }
        if (budget_.exhausted()) {
            return true;
        }
        ++index;
    }
    return true;
}

bool SchemaValidator::elements_differ(const JsonValue& value) {
    struct Hashed {
        std::uint64_t hash;
        JsonValue element;
    };
    std::vector<Hashed> hashed;
    if (!budget_.spend(value.size())) {
        return true;
    }
    hashed.reserve(value.size());
    for (const JsonValue element : value) {
        hashed.push_back({json_hash(element, budget_), element});
    }
    std::ranges::sort(hashed, {}, &Hashed::hash);
    for (std::size_t first = 0; first < hashed.size(); ++first) {
        for (std::size_t second = first + 1; second < hashed.size() && hashed[second].hash == hashed[first].hash; ++second) {
            if (budget_.exhausted()) {
                return true;
            }
            if (json_equal(hashed[first].element, hashed[second].element, budget_)) {
                return fail({"holds equal items, which `uniqueItems` forbids"});
            }
        }
    }
    return true;
}

bool SchemaValidator::object(const JsonValue& value, const SchemaKeywords& schema, std::size_t nesting) {
    if (!value.is_object()) {
        return true;
    }
    if (!required(value, schema.required) ||
        !count_within(value.size(), schema.properties_min, schema.properties_max, " properties")) {
        return false;
    }
    if (!schema.properties.is_object() && !schema.pattern_properties.is_object() && !schema.additional_properties.exists()) {
        return true;
    }
    const std::size_t lookup_steps = steps_for(4 * schema.properties.size());
    for (const JsonValue member : value) {
        if (!budget_.spend(lookup_steps)) {
            return true;
        }
        if (!property(member, schema, nesting)) {
            return false;
        }
        if (budget_.exhausted()) {
            return true;
        }
    }
    return true;
}

bool SchemaValidator::required(const JsonValue& value, const JsonValue& names) {
    if (!names.is_array()) {
        return true;
    }
    std::string scratch;
    const std::size_t members = value.size();
    for (const JsonValue name : names) {
        if (!budget_.spend(steps_for(4 * members + name.raw().size()))) {
            return true;
        }
        if (name.is_string() && !value.find(name.string(scratch)).exists()) {
            return fail({"misses the required property `", name.string(scratch), "`"});
        }
    }
    return true;
}

bool SchemaValidator::property(const JsonValue& member, const SchemaKeywords& schema, std::size_t nesting) {
    std::string scratch;
    const std::string_view key = member.key(scratch);
    if (!budget_.spend(key.size() / 64)) {
        return true;
    }
    const JsonValue declared = schema.properties.is_object() ? schema.properties.find(key) : JsonValue{};
    if (declared.exists() && !satisfies_at({.declared = declared}, member, declared, nesting)) {
        return false;
    }
    bool additional = !declared.exists();
    const PathStep step{.declared = declared};
    if (schema.pattern_properties.is_object()) {
        for (const JsonValue branch : schema.pattern_properties) {
            const std::optional<bool> selected = patterns_.key_selects(branch, key, budget_);
            // A pattern that cannot be asserted might have selected the property: then it is not additional for certain.
            additional = additional && selected == false;
            if (selected == true && !satisfies_at(step, member, branch, nesting)) {
                return false;
            }
        }
    }
    if (!additional || !schema.additional_properties.exists() || budget_.exhausted()) {
        return true;
    }
    if (schema.additional_properties.kind() == JsonKind::False) {
        return fail({"has a property that the schema does not allow"});
    }
    return satisfies_at(step, member, schema.additional_properties, nesting);
}

bool SchemaValidator::count_within(std::size_t count, const JsonValue& least, const JsonValue& most, std::string_view unit) {
    const auto counted = static_cast<double>(count);
    if (const auto bound = least.number(); bound && counted < *bound) {
        return fail({"has ", std::to_string(count), unit, ", fewer than the schema's minimum"});
    }
    if (const auto bound = most.number(); bound && counted > *bound) {
        return fail({"has ", std::to_string(count), unit, ", more than the schema's maximum"});
    }
    return true;
}

}  // namespace tierway::cascade
